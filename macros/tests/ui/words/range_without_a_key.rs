use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(1..=8)]
    field: u32,
}

fn main() {}
