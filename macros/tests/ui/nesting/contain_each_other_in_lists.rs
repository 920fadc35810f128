use transfer_nas::prelude::*;

#[search_space]
struct Block {
    #[space(len = 0..=2)]
    lines: Vec<Line>,
}

#[search_space]
enum Line {
    Pass,
    While(Loop),
}

#[search_space]
struct Loop {
    #[space(len = 1..=1)]
    bodies: Vec<Block>,
}

fn main() {}
