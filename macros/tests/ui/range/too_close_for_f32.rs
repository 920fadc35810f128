use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1.0..=1.0000001, bins = 5)]
    field: f32,
}

fn main() {}
