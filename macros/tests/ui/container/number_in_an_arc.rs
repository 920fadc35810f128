use transfer_nas::prelude::*;

use std::sync::Arc;

#[search_space]
struct Config {
    field: Arc<u32>,
}

fn main() {}
