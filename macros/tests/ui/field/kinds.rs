use transfer_nas::prelude::*;

mod parts {
    #[transfer_nas::search_space(name = "Dense")]
    pub struct Wide {
        #[space(choices = [16, 32])]
        pub units: u32,
    }

    #[transfer_nas::search_space(name = "Dense")]
    pub struct Named {
        #[space(choices = ["few", "many"])]
        pub units: String,
    }
}

#[search_space]
struct Both {
    a: parts::Wide,
    b: parts::Named,
}

fn main() {}
