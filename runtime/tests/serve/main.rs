//! `transfer-nas serve` as clients of any language see it: over plain sockets.

mod access;
mod client;
mod document;
mod encrypted;
mod hostile;
mod load;
mod lost;
mod protocol;
mod service;

use std::path::Path;

use transfer_nas::search::BayesianSearch;
use transfer_nas::search_space;
use transfer_nas::study::Study;

#[search_space]
#[derive(Debug)]
struct Config {
    #[space(range = 1..=10_000)]
    number: u32,
    residual: bool,
}

type Owner = Study<Config, BayesianSearch<Config>>;

/// A study in a file, whose owner leads it.
fn owner(file: &Path, name: &str) -> Owner {
    Study::open(file).unwrap().name(name).seed(1).quiet().build::<Config>().unwrap()
}

/// Has trials wait for workers, by number from the first one.
fn queue(owner: &mut Owner, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        owner.enqueue(Config { number, residual: false }).unwrap();
    }
}
