use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space("relu", "tanh")]
    field: String,
}

fn main() {}
