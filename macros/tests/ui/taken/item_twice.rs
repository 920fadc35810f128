use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(subset = ["a", "b", "a"])]
    field: Vec<String>,
}

fn main() {}
