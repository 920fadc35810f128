use transfer_nas::prelude::*;

#[search_space]
enum Expr {
    Input,
    Call(Box<Call>),
}

#[search_space]
struct Call {
    argument: Expr,
    more: Option<Box<Expr>>,
}

/// Is told at `Expr` alone.
#[search_space]
struct Program {
    body: Box<Call>,
}

fn main() {
    let _ = Agent::<Program>::builder();
}
