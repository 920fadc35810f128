use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(subset = [1, 2], choices = [1, 2])]
    field: Vec<u8>,
}

fn main() {}
