use transfer_nas::prelude::*;

mod first {
    #[transfer_nas::search_space]
    pub enum Kind {
        Relu,
        Tanh,
    }
}

mod second {
    #[transfer_nas::search_space]
    pub enum Kind {
        Max,
        Mean,
    }
}

#[search_space]
struct Net {
    first: first::Kind,
    second: second::Kind,
}

fn main() {}
