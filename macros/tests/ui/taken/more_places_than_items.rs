use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(permutation = [1, 2, 3])]
    field: [u8; 4],
}

fn main() {}
