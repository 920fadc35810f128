use transfer_nas::prelude::*;

#[search_space]
struct Config<T: Default> {
    #[space(choices = [T::default()])]
    field: T,
}

fn main() {}
