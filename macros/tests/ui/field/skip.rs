use transfer_nas::prelude::*;

struct Device {
    id: usize,
}

#[search_space]
struct Config {
    bias: bool,
    #[space(skip)]
    device: Device,
}

fn main() {}
