use transfer_nas::prelude::*;

#[search_space(max_depth = 2)]
struct Chain<V> {
    value: V,
    next: Box<Chain<V>>,
}

#[search_space]
struct Holds {
    chain: Chain<bool>,
}

fn main() {}
