use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=3, prior = [0.5, 0.5])]
    field: u8,
}

fn main() {}
