//! What the default search costs: ask and tell on one thread, the mean over 100 trials with all fits, at several points of a search,
//! and the memory at its peak.
//!
//! ```sh
//! cargo bench -p transfer-nas --bench bayesian
//! ```

use std::time::Instant;

use transfer_nas::prelude::*;
use transfer_nas::search::{BayesianSearch, Searcher};

/// NAS-Bench-101's numbers of actions, without its validity.
#[search_space]
struct Chain {
    edges: [bool; 21],
    #[space(choices = ["a", "b", "c"])]
    operations: [&'static str; 5],
}

#[search_space]
struct Long {
    #[space(choices = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])]
    actions: [u8; 400],
}

fn chain(config: &Chain) -> f64 {
    let edges = config.edges.windows(2).filter(|pair| pair[0] != pair[1]).count();
    edges as f64 + config.operations.iter().filter(|operation| **operation == "b").count() as f64
}

fn long(config: &Long) -> f64 {
    config.actions.iter().enumerate().map(|(i, action)| f64::from(*action) * (i as f64).sin()).sum()
}

/// Milliseconds a trial, over 100 trials from each point on.
fn measure<T: transfer_nas::AnyConfig>(name: &str, value: impl Fn(&T) -> f64, at: &[usize]) {
    const WINDOW: usize = 100;
    let mut search = BayesianSearch::<T>::new(1);
    let (mut told, mut slowest) = (0, 0.0f64);
    let mut trial = || {
        let begin = Instant::now();
        let trial = search.ask().expect("a config");
        let reward = value(&trial.config);
        search.tell(trial, reward).expect("a finite reward");
        let taken = 1e3 * begin.elapsed().as_secs_f64();
        slowest = slowest.max(taken);
        taken
    };
    for &at in at {
        (told..at).for_each(|_| _ = trial());
        let mean = (0..WINDOW).map(|_| trial()).sum::<f64>() / WINDOW as f64;
        told = at + WINDOW;
        println!("{name}: {mean:.3} ms a trial at trial {at}");
    }
    println!("{name}: {slowest:.1} ms the slowest trial");
}

/// The most memory that the process had, where the system says it.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

fn main() {
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    if "26 decisions".contains(&only) {
        measure("26 decisions", chain, &[100, 300, 1000, 5000]);
        println!("peak memory: {:.0} MB", peak().unwrap_or(f64::NAN));
    }
    if "400 decisions".contains(&only) {
        measure("400 decisions of 10 actions", long, &[100, 300, 1000]);
    }
    println!("peak memory: {:.0} MB", peak().unwrap_or(f64::NAN));
}
