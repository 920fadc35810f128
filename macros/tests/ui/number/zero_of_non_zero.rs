use transfer_nas::prelude::*;

use std::num::NonZeroU32;

#[search_space]
struct Config {
    #[space(choices = [0, 1])]
    field: NonZeroU32,
}

fn main() {}
