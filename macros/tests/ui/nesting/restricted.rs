use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
enum Expr {
    Input,
    One,
    Not(Box<Not>),
}

#[search_space]
struct Not {
    #[space(except(Not))]
    of: Expr,
}

fn main() {}
