//! NAS-Bench-101: reading the table, finding cells, the module hash, the surrogate, and a trial with its redraws.
//!
//! `cargo bench -p transfer-nas --features nasbench --bench nasbench`. The table is the tests': beside the project, or where
//! `TRANSFER_NAS_TABLE` says; what needs it is passed over with a word where there is none.

#[path = "../tests/support/mod.rs"]
mod support;

use divan::Bencher;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use support::{TABLE, table_path};
use transfer_nas::nasbench::{Cell, CellConfig, Surrogate, Table, module_hash};
use transfer_nas::prelude::*;
use transfer_nas::space::UniformSampler;

fn main() {
    divan::main();
}

/// A cell of the benchmark, another one at each call.
fn cells() -> impl FnMut() -> Cell {
    let (mut sampler, mut rng) = (UniformSampler::<CellConfig>::over_traces(), Pcg64::seed_from_u64(1));
    move || sampler.sample(&mut rng).expect("most cells are valid").cell()
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn open_table(bencher: Bencher<'_, '_>) {
    if TABLE.is_some() {
        bencher.bench(|| Table::open(table_path()));
    }
}

/// By a cell, which is pruned and hashed first.
#[divan::bench(sample_count = 1000, sample_size = 1)]
fn look_up_cell(bencher: Bencher<'_, '_>) {
    if let Some(table) = &*TABLE {
        bencher.with_inputs(cells()).bench_local_refs(|cell| table.accuracy(cell));
    }
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn look_up_hash(bencher: Bencher<'_, '_>) {
    if let Some(table) = &*TABLE {
        let mut cell = cells();
        bencher.with_inputs(|| module_hash(&cell())).bench_local_values(|hash| table.row(hash));
    }
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn hash(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(cells()).bench_local_refs(|cell| module_hash(cell));
}

#[divan::bench(sample_count = 1000, sample_size = 1)]
fn surrogate(bencher: Bencher<'_, '_>) {
    bencher.with_inputs(cells()).bench_local_refs(|cell| Surrogate::embedded().accuracy(cell));
}

/// One trial of an agent on cells: invalid ones are drawn again, and the surrogate gives the reward.
#[divan::bench(sample_count = 300, sample_size = 1)]
fn trial(bencher: Bencher<'_, '_>) {
    let mut agent = Agent::<CellConfig>::builder().seed(1).build().expect("the defaults are good");
    let mut run = move || {
        let trial = agent.sample::<CellConfig>().expect("most cells are valid");
        let reward = Surrogate::embedded().accuracy(&trial.config.cell()).unwrap_or(0.0);
        agent.observe(trial, reward).expect("the reward is finite")
    };
    for _ in 0..100 {
        run();
    }
    bencher.bench_local(run);
}
