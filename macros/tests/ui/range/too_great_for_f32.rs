use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1.0..=1e300, bins = 3)]
    field: f32,
}

fn main() {}
