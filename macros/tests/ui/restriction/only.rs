use transfer_nas::prelude::*;

#[search_space]
enum Activation {
    Relu,
    Tanh,
    Gelu,
}

#[search_space]
struct Dense {
    deep: bool,
}

#[search_space]
struct Config {
    #[space(only(Relu, Tanhh))]
    activation: Activation,
    #[space(choices = [16, 32], except(64))]
    width: u32,
    #[space(range = 1..=3, only(5))]
    depth: u32,
    #[space(only(A))]
    dense: Dense,
}

fn main() {}
