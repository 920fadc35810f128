use transfer_nas::prelude::*;

#[search_space]
struct Pair<T> {
    first: Box<T>,
    second: Option<Box<T>>,
}

#[search_space]
enum Expr {
    Input,
    Pair(Pair<Expr>),
}

fn main() {
    let _ = Expr::space();
}
