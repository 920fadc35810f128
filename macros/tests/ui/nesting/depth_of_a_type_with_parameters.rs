use transfer_nas::prelude::*;

#[search_space(max_depth = 2)]
enum Tree<T> {
    Leaf(Box<T>),
    Node(Box<Tree<T>>, Box<Tree<T>>),
}

/// The depth of `Tree` is counted anew in each of its expressions.
#[search_space]
enum Expr {
    Input,
    Tree(Box<Tree<Expr>>),
}

fn main() {}
