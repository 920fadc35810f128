use transfer_nas::prelude::*;

mod other {
    use transfer_nas::prelude::*;

    #[search_space]
    pub struct Cnn {
        deep: bool,
    }
}

#[search_space]
struct Cnn {
    deep: bool,
}

#[joint_space]
enum Models {
    Cnn(Cnn),
    Other(other::Cnn),
}

fn main() {}
