use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(condition = "deep")]
    field: bool,
}

fn main() {}
