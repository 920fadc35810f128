use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 0.001..=1.0, bins = 4, log = true)]
    field: f64,
}

fn main() {}
