use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(values = ["relu", "tanh"])]
    field: String,
}

fn main() {}
