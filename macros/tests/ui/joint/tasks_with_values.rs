use transfer_nas::prelude::*;

#[tasks]
#[derive(Clone, Copy)]
enum Data {
    Letters { language: u8 },
    #[space(aliases = "Words")]
    Text,
}

fn main() {}
