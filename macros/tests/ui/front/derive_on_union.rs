use transfer_nas::prelude::*;

#[derive(SearchSpace)]
union Width {
    narrow: bool,
    wide: bool,
}

fn main() {}
