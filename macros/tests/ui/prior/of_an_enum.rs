use transfer_nas::prelude::*;

#[search_space]
enum Act {
    Relu,
    Tanh,
}

#[search_space]
struct Config {
    #[space(prior = [0.5, 0.5])]
    field: Act,
}

fn main() {}
