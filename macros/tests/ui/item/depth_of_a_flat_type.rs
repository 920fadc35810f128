use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
struct Config {
    deep: bool,
    pair: [bool; 2],
}

fn main() {}
