use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(range = 1..=8, ge = -1)]
    field: i32,
}

fn main() {}
