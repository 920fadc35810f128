//! Learning from rewards without sampling, on a chain of 26 decisions.
//!
//! `cargo bench -p transfer-nas --bench learn`

mod support;

use std::cell::RefCell;

use divan::Bencher;
use divan::counter::ItemsCount;
use support::{agent, told};
use transfer_nas::prelude::*;

fn main() {
    divan::main();
}

#[divan::bench(args = [Attention::Causal, Attention::Full], sample_count = 100, sample_size = 1)]
fn observe(bencher: Bencher<'_, '_>, attention: Attention) {
    let agent = RefCell::new(agent(attention, 100));
    let one = || told(&mut agent.borrow_mut(), 1).remove(0);
    bencher.with_inputs(one).bench_local_values(|(trial, reward)| agent.borrow_mut().observe(trial, reward));
}

/// Items are trials: the throughput is to be held against one over the time of `observe`.
#[divan::bench(args = [1, 4, 16, 64], sample_count = 60, sample_size = 1)]
fn observe_many(bencher: Bencher<'_, '_>, count: usize) {
    let agent = RefCell::new(agent(Attention::Causal, 100));
    let bencher = bencher.counter(ItemsCount::new(count)).with_inputs(|| told(&mut agent.borrow_mut(), count));
    bencher.bench_local_values(|told| agent.borrow_mut().observe_many(told).map(drop));
}
