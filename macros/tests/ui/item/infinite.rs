use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
enum Tree {
    Node { left: Box<Tree>, right: Box<Tree> },
    List(#[space(len = 1..=3)] Vec<Tree>),
}

fn main() {}
