use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [16, 300])]
    width: u8,
    #[space(range = -1..=8)]
    depth: usize,
    #[space(pow2 = 64..=256)]
    units: u8,
    #[space(choices = [0.5, 1])]
    rate: f64,
    #[space(choices = [1, 2.5])]
    count: u32,
    #[space(choices = ["same", 3])]
    padding: String,
    #[space(range = 0.5..=2.0)]
    scale: i32,
    #[space(choices = [1u8, 2])]
    groups: u32,
    #[space(range = 0..=0xffff_ffff_ffff_ffff_ffff_ffff_ffff_ffff)]
    widest: u128,
}

fn main() {}
