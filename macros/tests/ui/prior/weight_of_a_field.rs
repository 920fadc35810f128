use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [1, 2], weight = 3)]
    field: u8,
}

fn main() {}
