use transfer_nas::prelude::*;

#[search_space(max_depth = "3")]
enum Tree {
    Leaf,
    Node(Box<Tree>),
}

fn main() {}
