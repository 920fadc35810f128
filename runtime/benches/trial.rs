//! One trial (sample, then observe) on NAS-Bench-101's chain of 26 decisions, early and late in a search.
//!
//! `cargo bench -p transfer-nas --features nasbench --bench trial`

use divan::Bencher;
use transfer_nas::nasbench::{CellConfig, Operation, Surrogate};
use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;

fn main() {
    divan::main();
}

/// Cheap, deterministic, not constant.
fn reward(config: &CellConfig) -> f64 {
    let edges = config.edges.iter().map(|&edge| usize::from(edge));
    let operations = config.operations.iter().map(|&operation| match operation {
        Operation::Conv3x3 => 0,
        Operation::Conv1x1 => 1,
        Operation::MaxPool3x3 => 2,
    });
    let sum: usize = edges.chain(operations).enumerate().map(|(i, x)| (i + 1) * x).sum();
    (sum % 17) as f64 / 17.0
}

fn run(agent: &mut Agent<CellConfig>) {
    let trial = agent.sample::<CellConfig>().expect("most cells are valid");
    let reward = reward(&trial.config);
    agent.observe(trial, reward).expect("the reward is finite");
}

/// An agent that has made so many trials.
fn agent(attention: Attention, trials: usize) -> Agent<CellConfig> {
    let mut agent = Agent::<CellConfig>::builder().seed(1).attention(attention).build().expect("the defaults are good");
    (0..trials).for_each(|_| run(&mut agent));
    agent
}

#[divan::bench(args = [100, 5000], sample_count = 300, sample_size = 1)]
fn causal(bencher: Bencher<'_, '_>, trials: usize) {
    let mut agent = agent(Attention::Causal, trials);
    bencher.bench_local(|| run(&mut agent));
}

#[divan::bench(args = [100], sample_count = 100, sample_size = 1)]
fn full(bencher: Bencher<'_, '_>, trials: usize) {
    let mut agent = agent(Attention::Full, trials);
    bencher.bench_local(|| run(&mut agent));
}

#[divan::bench(sample_count = 300, sample_size = 1)]
fn causal_sample(bencher: Bencher<'_, '_>) {
    let mut agent = agent(Attention::Causal, 100);
    bencher.bench_local(|| agent.sample::<CellConfig>().map(drop));
}

/// Items are configs: the throughput is to be held against that of `causal_sample`.
#[divan::bench(args = [1, 4, 16, 64], sample_count = 50, sample_size = 1)]
fn sample_many(bencher: Bencher<'_, '_>, count: usize) {
    let mut agent = agent(Attention::Causal, 100);
    bencher
        .counter(divan::counter::ItemsCount::new(count))
        .bench_local(|| agent.sample_many::<CellConfig>(count).map(drop));
}

/// Observing alone, without sampling.
#[divan::bench(args = [1, 4, 16, 64], sample_count = 60, sample_size = 1)]
fn observe_many(bencher: Bencher<'_, '_>, count: usize) {
    let agent = std::cell::RefCell::new(agent(Attention::Causal, 100));
    let sampled = || {
        let trials = agent.borrow_mut().sample_many::<CellConfig>(count).expect("most cells are valid");
        trials.into_iter().map(|trial| (reward(&trial.config), trial)).map(|(r, t)| (t, r)).collect::<Vec<_>>()
    };
    let bencher = bencher.counter(divan::counter::ItemsCount::new(count)).with_inputs(sampled);
    bencher.bench_local_values(|told| agent.borrow_mut().observe_many(told).map(drop));
}

/// What the embedded surrogate adds to a trial.
#[divan::bench(sample_count = 1000, sample_size = 1)]
fn surrogate(bencher: Bencher<'_, '_>) {
    let search = std::cell::RefCell::new(RandomSearch::<CellConfig>::new(1));
    let sampled = || search.borrow_mut().sample().expect("most cells are valid").cell();
    bencher.with_inputs(sampled).bench_local_refs(|cell| Surrogate::embedded().accuracy(cell));
}
