use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(min = 1e-5, max = 1e-1, log)]
    field: f64,
}

fn main() {}
