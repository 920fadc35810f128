use transfer_nas::prelude::*;

#[search_space]
enum Activation {
    Relu,
    Tanh,
}

#[search_space]
struct Config {
    #[space(except(Relu, Tanh))]
    activation: Activation,
    #[space(choices = [16, 32], except(16, 32))]
    width: u32,
    #[space(only())]
    other: Activation,
}

fn main() {}
