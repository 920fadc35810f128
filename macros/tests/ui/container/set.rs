use transfer_nas::prelude::*;

use std::collections::BTreeSet;

#[search_space]
struct Config {
    field: BTreeSet<u32>,
}

fn main() {}
