use transfer_nas::prelude::*;

#[objectives]
enum Score {
    Accuracy,
}

#[objectives]
struct Pair(f64, f64);

#[objectives]
struct Nothing {}

fn main() {}
