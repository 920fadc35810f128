use transfer_nas::prelude::*;

struct Plain;

#[search_space]
struct Holds {
    plain: Plain,
}

fn main() {}
