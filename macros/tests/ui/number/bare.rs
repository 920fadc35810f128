use transfer_nas::prelude::*;

#[search_space]
struct Config {
    width: u32,
    rate: f64,
    name: String,
    pair: (bool, Option<i8>),
}

fn main() {}
