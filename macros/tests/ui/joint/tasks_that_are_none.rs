use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[search_space]
struct Mlp {
    deep: bool,
}

enum Data {
    Digits,
}

#[joint_space(tasks = Data)]
enum Models {
    Cnn(Cnn),
    #[space(tasks(Digits))]
    Mlp(Mlp),
}

fn main() {}
