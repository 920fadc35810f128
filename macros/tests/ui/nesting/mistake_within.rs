use transfer_nas::prelude::*;

#[search_space(max_depth = 3)]
enum Expr {
    Input,
    Call(Box<Call>),
}

#[search_space]
struct Call {
    argument: Expr,
    times: u32,
}

fn main() {}
