use transfer_nas::prelude::*;

#[search_space(prune = Config::check)]
struct Config {
    deep: bool,
}

impl Config {
    fn check(&self, decided: usize) -> Option<usize> {
        self.deep.then_some(decided)
    }
}

fn main() {}
