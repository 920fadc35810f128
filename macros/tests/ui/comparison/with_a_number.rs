use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=8, gt = 1)]
    field: u32,
}

fn main() {}
