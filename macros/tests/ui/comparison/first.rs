use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=8, lt = itself)]
    itself: u32,
    #[space(range = 1..=8, lt = 0)]
    number: u32,
}

fn main() {}
