use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(len = 1..=4)]
    width: u32,
    #[space(tied)]
    bias: bool,
    #[space(indices = [0, 2])]
    residual: bool,
    #[space(choices = [1, 2], step = 2)]
    depth: u32,
    #[space(bins = 5)]
    rate: f64,
    #[space(log)]
    decay: f64,
    #[space(labels = ["a", "b"])]
    kernel: u32,
    #[space(tied, indices = [0, 1])]
    edges: [bool; 2],
    #[space(skip = 3, range = 1..=8)]
    device: u32,
}

fn main() {}
