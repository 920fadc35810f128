use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(tied = true)]
    field: [bool; 2],
}

fn main() {}
