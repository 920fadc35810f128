use transfer_nas::prelude::*;

mod encoder {
    #[transfer_nas::search_space]
    pub struct Config {
        #[space(choices = [16, 32])]
        width: u32,
    }
}

mod decoder {
    #[transfer_nas::search_space]
    pub struct Config {
        #[space(choices = [16, 32])]
        width: u32,
    }
}

#[search_space]
struct First {
    config: encoder::Config,
}

#[search_space]
struct Second {
    config: decoder::Config,
}

#[joint_space]
enum Models {
    First(First),
    Second(Second),
}

fn main() {}
