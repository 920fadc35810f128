use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(len = 1..=4, choices = [16, 32])]
    widths: Vec<Vec<u32>>,
}

fn main() {}
