use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(subset = [1, 2], len = 1..=3)]
    field: Vec<u8>,
}

fn main() {}
