use transfer_nas::prelude::*;

#[derive(PartialEq)]
struct Plain(u32);

#[search_space]
struct Config {
    #[space(choices = ["a", "b"])]
    field: Plain,
}

fn main() {}
