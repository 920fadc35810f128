use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[search_space]
struct Mlp {
    deep: bool,
}

#[joint_space]
struct Models {
    cnn: Cnn,
}

fn main() {}
