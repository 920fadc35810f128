use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(loguniform(0.001, 1.0))]
    field: f64,
}

fn main() {}
