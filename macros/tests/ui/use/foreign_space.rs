use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[search_space]
struct Mlp {
    deep: bool,
}

fn main() {
    let mut agent = Agent::<Cnn>::builder().build().unwrap();
    let _ = agent.sample::<Mlp>();
}
