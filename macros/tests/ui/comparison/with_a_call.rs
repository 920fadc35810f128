use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=3)]
    least: u32,
    #[space(range = 2..=8, le = half(least))]
    field: u32,
}

fn main() {}
