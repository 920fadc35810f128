use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices(16, 32))]
    field: u32,
}

fn main() {}
