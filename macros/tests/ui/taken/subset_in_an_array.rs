use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(subset = [1, 2])]
    field: [u8; 2],
}

fn main() {}
