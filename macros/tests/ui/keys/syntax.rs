use transfer_nas::prelude::*;

#[search_space("Net")]
struct Config {
    #[space(choices = 16)]
    width: u32,
    #[space(range = 1..=8 step = 2)]
    depth: u32,
    #[space]
    kernel: u32,
    #[space(only = Relu)]
    bias: bool,
    #[space(choices)]
    rate: f64,
}

fn main() {}
