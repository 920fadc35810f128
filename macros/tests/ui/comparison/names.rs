use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [1, 2])]
    least: u32,
    bias: bool,
    #[space(choices = [0.1, 0.2])]
    rate: f64,
    #[space(range = 1..=8, ge = leest)]
    missing: u32,
    #[space(range = 1..=8, lt = last)]
    early: u32,
    #[space(range = 1..=8, ne = bias)]
    flag: u32,
    #[space(range = 1..=8, le = rate)]
    mixed: u32,
    #[space(gt = least)]
    not_a_number: bool,
    #[space(range = 1..=8)]
    last: u32,
}

fn main() {}
