use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=3)]
    least: u32,
    #[space(range = 1..=8, gt = least.size)]
    field: u32,
}

fn main() {}
