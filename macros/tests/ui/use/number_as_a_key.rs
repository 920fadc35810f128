use transfer_nas::prelude::*;

use transfer_nas::search::{RandomSearch, Searcher};

#[search_space]
#[derive(Clone, PartialEq)]
struct Config {
    #[space(choices = [0.1, 0.2])]
    rate: f64,
}

fn main() {
    let mut search = RandomSearch::<Config>::new(1).unique_by(|config| config.clone());
    let _ = search.ask();
}
