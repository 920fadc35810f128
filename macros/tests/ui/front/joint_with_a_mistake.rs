use transfer_nas::prelude::*;

#[search_space]
#[derive(Clone, Copy)]
struct Cnn {
    bias: bool,
}

#[joint_space(task = Task)]
#[derive(Clone, Copy)]
enum Models {
    Cnn(Cnn),
    #[cfg(any())]
    Gone(Nothing),
}

#[tasks]
mod not_an_enum {}

fn main() {}
