use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [(0.9, 1), (0.9, 0.99)])]
    field: (f64, f64),
}

fn main() {}
