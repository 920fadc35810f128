use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(low = 1, high = 8)]
    field: u32,
}

fn main() {}
