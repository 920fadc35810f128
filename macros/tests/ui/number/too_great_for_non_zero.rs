use transfer_nas::prelude::*;

use std::num::NonZero;

#[search_space]
struct Config {
    #[space(choices = [1, 300])]
    field: NonZero<u8>,
}

fn main() {}
