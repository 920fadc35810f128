use transfer_nas::prelude::*;

#[search_space]
enum Act {
    #[space(weight = 0)]
    Relu,
    Tanh,
}

fn main() {}
