use transfer_nas::prelude::*;

#[search_space]
enum Activation {
    Relu,
    #[space(skip = true)]
    Tanh,
}

fn main() {}
