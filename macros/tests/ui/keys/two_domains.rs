use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [1, 2], range = 1..=8)]
    width: u32,
    #[space(range = 1..=8, pow2 = 1..=8)]
    depth: u32,
    #[space(range = 0..=8, bins = 3, step = 4)]
    kernel: u32,
}

fn main() {}
