use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 0..=1)]
    bias: bool,
    #[space(range = 1..=3)]
    name: String,
    #[space(pow2 = 1..=4)]
    rate: f64,
}

fn main() {}
