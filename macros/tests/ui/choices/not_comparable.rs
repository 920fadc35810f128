use transfer_nas::prelude::*;

struct Plain(u32);

#[search_space]
struct Config {
    #[space(choices = [Plain(1), Plain(2)])]
    field: Plain,
}

fn main() {}
