use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 0.0..=1.0, bins = 5, log)]
    rate: f64,
    #[space(range = -1..=100, bins = 5, log)]
    width: i32,
    #[space(range = 1..=100, log)]
    depth: u32,
}

fn main() {}
