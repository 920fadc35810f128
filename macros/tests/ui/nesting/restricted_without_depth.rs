use transfer_nas::prelude::*;

#[search_space]
enum Expr {
    Input,
    Call(Box<Call>),
}

#[search_space]
struct Call {
    #[space(only(Call))]
    argument: Expr,
}

fn main() {}
