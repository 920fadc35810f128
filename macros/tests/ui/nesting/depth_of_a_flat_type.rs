use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
struct Program {
    body: Box<Expr>,
}

#[search_space(max_depth = 2)]
enum Expr {
    Input,
    Call(Box<Call>),
}

#[search_space]
struct Call {
    argument: Expr,
}

fn main() {}
