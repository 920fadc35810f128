use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [1.0, f64::NAN])]
    field: f64,
}

fn main() {}
