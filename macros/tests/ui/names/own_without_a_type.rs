use transfer_nas::prelude::*;

#[search_space]
struct Net {
    #[space(own, choices = [1, 3])]
    kernels: [u8; 3],
}

fn main() {}
