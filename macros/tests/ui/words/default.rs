use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(default = 3)]
    field: u32,
}

fn main() {}
