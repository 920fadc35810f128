use transfer_nas::prelude::*;

#[search_space]
fn configure() {}

#[search_space]
union Bits {
    #[space(range = 0..=8)]
    whole: u32,
    parts: [u8; 4],
}

fn main() {
    configure();
}
