use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [16, 32, 0x10])]
    width: u32,
    #[space(choices = [1.0, 1.00])]
    rate: f64,
    #[space(choices = [8, 64], labels = ["small", "small"])]
    batch: u32,
}

fn main() {}
