use transfer_nas::prelude::*;

#[search_space(valid = is_deep)]
struct Config {
    deep: bool,
}

#[search_space(prune = is_deep)]
struct Pruned {
    deep: bool,
}

fn is_deep(config: Config) -> bool {
    config.deep
}

fn main() {}
