use transfer_nas::prelude::*;

#[search_space(max_depth = 12)]
struct Tree {
    #[space(len = 0..=8)]
    children: Vec<Tree>,
}

fn main() {}
