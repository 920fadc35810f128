use transfer_nas::prelude::*;

#[search_space]
enum Tree {
    Leaf,
    Node { left: Box<Tree>, right: Option<Box<Self>> },
}

#[search_space(max_depth = 0)]
enum Shallow {
    Leaf,
    Node(Box<Shallow>),
}

fn main() {
    let _ = Agent::<Tree>::builder();
}
