use transfer_nas::prelude::*;

#[search_space(valid = Config::check)]
struct Config {
    deep: bool,
}

impl Config {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

fn main() {}
