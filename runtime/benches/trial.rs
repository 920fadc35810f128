//! One trial (sample, then observe) on a chain of 26 decisions, early and late in a search.
//!
//! `cargo bench -p transfer-nas --bench trial`; `growth` holds early against late in turn.

mod support;

use divan::Bencher;
use support::{agent, run};
use transfer_nas::prelude::*;

fn main() {
    divan::main();
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
