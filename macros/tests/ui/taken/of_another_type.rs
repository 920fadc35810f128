use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(subset = [1, 300])]
    field: Vec<u8>,
}

fn main() {}
