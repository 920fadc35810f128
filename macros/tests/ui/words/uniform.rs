use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(uniform = (0.0, 0.5))]
    field: f64,
}

fn main() {}
