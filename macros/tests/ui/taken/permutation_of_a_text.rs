use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(permutation = ["a", "b"])]
    field: String,
}

fn main() {}
