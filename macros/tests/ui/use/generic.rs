use transfer_nas::prelude::*;

#[search_space]
struct Net<B> {
    block: B,
}

fn main() {
    let _ = Agent::<Net<bool>>::builder().seed(7).build();
}
