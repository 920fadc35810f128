use transfer_nas::prelude::*;

#[derive(SearchSpace)]
#[search_space]
struct Above {
    bias: bool,
}

#[search_space]
#[derive(Debug, SearchSpace)]
struct Below {
    bias: bool,
}

fn main() {}
