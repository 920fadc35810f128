use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=8)]
    total: u32,
    #[space(range = 1..=8, lt = total)]
    part: u32,
    #[space(choices = [0.5, 1.0])]
    high: f64,
    #[space(choices = [0.5, 0.25], gt = high)]
    higher: f64,
}

fn main() {}
