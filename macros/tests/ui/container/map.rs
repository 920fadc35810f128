use transfer_nas::prelude::*;

use std::collections::HashMap;

#[search_space]
struct Config {
    field: HashMap<String, u32>,
}

fn main() {}
