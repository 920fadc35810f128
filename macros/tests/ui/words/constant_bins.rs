use transfer_nas::prelude::*;

const BINS: usize = 5;

#[search_space]
struct Config {
    #[space(range = 0.0..=1.0, bins = BINS)]
    field: f64,
}

fn main() {}
