use transfer_nas::prelude::*;

struct Plain(u32);

#[search_space]
struct Config {
    #[space(choices = [None, Some(Plain(1))])]
    field: Option<Plain>,
}

fn main() {}
