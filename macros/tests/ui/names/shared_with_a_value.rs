use transfer_nas::prelude::*;

#[search_space(shared = true)]
struct Net {
    deep: bool,
}

fn main() {}
