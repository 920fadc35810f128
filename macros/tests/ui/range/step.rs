use transfer_nas::prelude::*;

const SEVEN: u8 = 7;

#[search_space]
struct Config {
    #[space(range = 1..=8, step = 2)]
    misses: u8,
    #[space(range = 0..=8, step = 0)]
    stands: u8,
    #[space(range = 0..=8, step = -2)]
    falls: i8,
    #[space(range = 0..=8, step = 0.5)]
    halves: u8,
}

#[search_space]
struct Constant {
    #[space(range = 0..=SEVEN, step = 2)]
    misses: u8,
}

fn main() {}
