use transfer_nas::prelude::*;

#[search_space]
struct Config<N> {
    #[space(choices = [16, 32])]
    field: N,
}

fn main() {}
