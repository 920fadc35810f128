use transfer_nas::prelude::*;

macro_rules! dense {
    ($name:ident, $text:literal, $range:expr, $ty:ty) => {
        #[search_space(name = $text)]
        struct $name {
            #[space(choices = [$text, "other"])]
            activation: String,
            #[space(range = $range)]
            units: u32,
            width: $ty,
        }
    };
}

dense!(Dense, "Dense", 1..9, u32);

fn main() {
    Dense::space();
}
