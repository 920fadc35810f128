use transfer_nas::prelude::*;

#[search_space(nam = "Net", valid_if = Model::fits)]
enum Model {
    #[space(skipp)]
    Custom(String),
    Cnn {
        #[space(rnage = 1..=8)]
        depth: u32,
        #[space(values(1, 2))]
        width: u32,
    },
}

fn main() {}
