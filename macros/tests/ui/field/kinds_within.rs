use transfer_nas::prelude::*;

#[search_space]
struct Config {
    #[space(choices = [16, 32], state = "size")]
    width: u32,
    #[space(choices = ["small", "large"], state = "size")]
    size: String,
}

fn main() {}
