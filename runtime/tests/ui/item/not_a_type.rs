use transfer_nas::prelude::*;

#[search_space]
fn configure() {}

#[search_space]
union Bits {
    whole: u32,
    parts: [u8; 4],
}

#[search_space]
struct Borrowed<'a> {
    #[space(choices = ["a", "b"])]
    name: &'a str,
}

fn main() {
    configure();
}
