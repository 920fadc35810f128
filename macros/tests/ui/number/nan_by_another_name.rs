use transfer_nas::prelude::*;

const NOTHING: f64 = 0.0 / 0.0;

#[search_space]
struct Config {
    #[space(choices = [1.0, NOTHING])]
    field: f64,
}

fn main() {}
