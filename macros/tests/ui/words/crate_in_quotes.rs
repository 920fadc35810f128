use transfer_nas::prelude::*;

#[search_space(crate = "transfer_nas")]
struct Config {
    deep: bool,
}

fn main() {}
