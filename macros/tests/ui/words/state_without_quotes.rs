use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(state = width, choices = [1, 2])]
    field: u32,
}

fn main() {}
