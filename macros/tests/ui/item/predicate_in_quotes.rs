use transfer_nas::prelude::*;

#[search_space(valid = "Config::is_deep")]
struct Config {
    deep: bool,
}

impl Config {
    fn is_deep(&self) -> bool {
        self.deep
    }
}

fn main() {}
