use transfer_nas::prelude::*;

const WIDE: u64 = 256;

#[search_space]
struct Config {
    #[space(choices = [16, WIDE])]
    width: u32,
    #[space(range = 1..=WIDE)]
    depth: u32,
    #[space(skip = "gpu")]
    device: u32,
}

fn main() {}
