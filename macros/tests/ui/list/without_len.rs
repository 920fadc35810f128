use transfer_nas::prelude::*;

#[search_space]
struct Config {
    layers: Vec<bool>,
    #[space(choices = [16, 32])]
    widths: Vec<u32>,
    optional: Option<Vec<bool>>,
}

fn main() {}
