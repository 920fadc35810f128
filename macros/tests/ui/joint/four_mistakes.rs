use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[search_space]
struct Mlp {
    deep: bool,
}

#[joint_space(task = Data)]
enum Models {
    Cnn(Cnn),
    Mlp { mlp: Mlp },
    Again(Cnn),
    #[space(tasks(Digits))]
    Other(Mlp),
}

fn main() {
    let _ = Agent::<Models>::builder();
}
