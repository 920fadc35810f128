use transfer_nas::prelude::*;

#[search_space]
enum Never {}

#[search_space]
enum Skipped {
    #[space(skip)]
    A,
}

fn main() {
    let _ = Agent::<Skipped>::builder();
}
