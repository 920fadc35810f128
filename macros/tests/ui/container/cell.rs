use transfer_nas::prelude::*;

use std::cell::RefCell;

#[search_space]
struct Config {
    field: RefCell<bool>,
}

fn main() {}
