use transfer_nas::prelude::*;

#[search_space]
struct Borrowed<'a> {
    #[space(choices = ["a", "b"])]
    name: &'a str,
}

fn main() {}
