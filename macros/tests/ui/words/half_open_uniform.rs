use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(uniform = 0..8)]
    field: u32,
}

fn main() {}
