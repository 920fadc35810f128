//! What the policy does without learning, on a chain of 26 decisions: samples, and the probability of a given config.
//!
//! `cargo bench -p transfer-nas --bench policy`

mod support;

use divan::Bencher;
use divan::counter::ItemsCount;
use support::{Chain, agent};
use transfer_nas::prelude::*;

fn main() {
    divan::main();
}

const MODES: [Attention; 2] = [Attention::Causal, Attention::Full];

#[divan::bench(args = MODES, sample_count = 200, sample_size = 1)]
fn sample(bencher: Bencher<'_, '_>, attention: Attention) {
    let mut agent = agent(attention, 100);
    bencher.bench_local(|| agent.sample::<Chain>().map(drop));
}

/// Items are configs: the throughput is to be held against one over the time of `sample`.
#[divan::bench(args = [1, 4, 16, 64], sample_count = 50, sample_size = 1)]
fn sample_many(bencher: Bencher<'_, '_>, count: usize) {
    let mut agent = agent(Attention::Causal, 100);
    bencher.counter(ItemsCount::new(count)).bench_local(|| agent.sample_many::<Chain>(count).map(drop));
}

/// Of a config that is given: its trace, and the sum over its decisions.
#[divan::bench(args = MODES, sample_count = 200, sample_size = 1)]
fn log_prob(bencher: Bencher<'_, '_>, attention: Attention) {
    let mut agent = agent(attention, 100);
    let config = agent.sample::<Chain>().expect("every chain is valid").config;
    bencher.bench_local(|| agent.log_prob(&config));
}
