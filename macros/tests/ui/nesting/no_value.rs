use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
enum Expr {
    Call(Box<Call>),
}

#[search_space]
struct Call {
    argument: Expr,
}

/// Is told at `Expr` alone.
#[search_space]
struct Program {
    body: Expr,
}

fn main() {}
