use transfer_nas::prelude::*;

const WIDE: u32 = 16;

#[search_space]
struct Dense {
    #[space(choices = [16, WIDE])]
    units: u32,
}

fn main() {}
