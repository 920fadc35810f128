use transfer_nas::prelude::*;

const TOP: u32 = 512;

#[search_space]
struct Config {
    #[space(pow2 = 16..=500)]
    width: u32,
    #[space(pow2 = 0..=64)]
    depth: u32,
    #[space(pow2 = 16..=TOP)]
    units: u32,
}

fn main() {}
