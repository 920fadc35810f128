use transfer_nas::prelude::*;

#[search_space]
struct Cnn {
    deep: bool,
}

#[search_space]
struct Mlp {
    deep: bool,
}

#[search_space]
struct Net<B> {
    block: B,
}

struct Plain;

#[search_space]
struct Holds {
    plain: Plain,
}

fn main() {
    let mut agent = Agent::<Cnn>::builder().build().unwrap();
    let _ = agent.sample::<Mlp>();
    let _ = Agent::<Net<Cnn>>::builder();
}
