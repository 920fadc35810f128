use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [1, 2], prior = [0.5, -0.5])]
    field: u8,
}

fn main() {}
