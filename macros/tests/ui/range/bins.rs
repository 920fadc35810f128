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
    #[space(range = 0.5..=0.500_000_000_1, bins = 5)]
    fine: f64,
    #[space(range = -170141183460469231731687303715884105727..=170141183460469231731687303715884105727)]
    wide: i128,
    #[space(range = -1e308..=1e308, bins = 5)]
    coarse: f64,
}

fn main() {}
