use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [8, 64, 512], labels = ["small", "large"])]
    batch: u32,
    #[space(choices = [1, 2], labels = [one, two])]
    depth: u32,
}

fn main() {}
