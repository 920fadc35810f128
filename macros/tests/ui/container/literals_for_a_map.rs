use transfer_nas::prelude::*;

use std::collections::HashMap;

#[search_space]
struct Config {
    #[space(choices = [1, 2])]
    field: HashMap<String, u32>,
}

fn main() {}
