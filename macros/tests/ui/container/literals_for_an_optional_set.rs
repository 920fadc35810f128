use transfer_nas::prelude::*;

use std::collections::HashSet;

#[search_space]
struct Config {
    #[space(choices = [1, 2])]
    field: Option<HashSet<u32>>,
}

fn main() {}
