use transfer_nas::prelude::*;

#[search_space]
struct Dense {
    #[space(choices = [16, 32, 64], only(16, 32), except(64))]
    units: u32,
    #[space(choices = [16, 32], state = "")]
    width: u32,
}

fn main() {}
