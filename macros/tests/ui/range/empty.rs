use transfer_nas::prelude::*;

const MOST: u8 = 2;

#[search_space]
struct Config {
    #[space(range = 8..=1)]
    depth: u8,
    #[space(range = 1.0..=0.1, bins = 5)]
    rate: f64,
    #[space(pow2 = 512..=16)]
    width: u32,
    #[space(len = 4..=1)]
    layers: Vec<bool>,
    #[space(choices = [])]
    kernel: u8,
}

#[search_space]
struct Constant {
    #[space(range = 3..=MOST)]
    depth: u8,
}

#[search_space]
struct List {
    #[space(len = 3..=MOST as usize)]
    layers: Vec<bool>,
}

fn main() {}
