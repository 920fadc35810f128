use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..8)]
    width: u32,
    #[space(range = 1..)]
    depth: u32,
    #[space(len = 4)]
    layers: Vec<bool>,
}

fn main() {}
