use transfer_nas::prelude::*;

#[search_space(name = "A", name = "B")]
struct Config {
    #[space(choices = [1, 2], choices = [3])]
    width: u32,
    #[space(range = 1..=8)]
    #[space(range = 1..=4)]
    depth: u32,
}

fn main() {}
