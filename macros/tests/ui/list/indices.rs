use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(indices = [0, 2, 4])]
    edges: [bool; 2],
    #[space(indices = [0], len = 1..=2)]
    layers: Vec<bool>,
}

fn main() {}
