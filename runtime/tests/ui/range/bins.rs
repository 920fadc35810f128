use transfer_nas::prelude::*;

const TOP: f64 = 1.0;

#[search_space]
struct Config {
    #[space(range = 0.0..=1.0)]
    rate: f64,
    #[space(range = 0.0..=1.0, bins = 1)]
    dropout: f64,
    #[space(range = 0.0..=TOP, bins = 3)]
    momentum: f64,
    #[space(range = 0.5..=0.5, bins = 3)]
    decay: f64,
    #[space(range = 0..=1_000_000)]
    steps: u32,
}

fn main() {}
