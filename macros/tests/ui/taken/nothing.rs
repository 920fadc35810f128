use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(permutation = [])]
    field: Vec<u8>,
}

fn main() {}
