use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[joint_space]
enum Models {
    Cnn(Cnn),
}

fn main() {
    let mut agent = Agent::<Models>::builder().build().unwrap();
    let _ = agent.sample::<Models>();
}
