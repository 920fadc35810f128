//! Values and traces without a policy, on NAS-Bench-101's chain of 26 decisions.
//!
//! `cargo bench -p transfer-nas --features nasbench --bench space`

use divan::Bencher;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use transfer_nas::nasbench::CellConfig;
use transfer_nas::space::{UniformSampler, decode, encode};

fn main() {
    divan::main();
}

fn config() -> CellConfig {
    UniformSampler::over_traces().sample(&mut Pcg64::seed_from_u64(1)).expect("most cells are valid")
}

#[divan::bench]
fn encode_cell(bencher: Bencher<'_, '_>) {
    let config = config();
    bencher.bench(|| encode(&config));
}

#[divan::bench]
fn decode_cell(bencher: Bencher<'_, '_>) {
    let trace = encode(&config()).expect("a sampled cell is in its space");
    bencher.bench(|| decode::<CellConfig>(&trace));
}

#[divan::bench]
fn uniform_over_traces(bencher: Bencher<'_, '_>) {
    let (mut sampler, mut rng) = (UniformSampler::<CellConfig>::over_traces(), Pcg64::seed_from_u64(1));
    bencher.bench_local(|| sampler.sample(&mut rng));
}

#[divan::bench]
fn uniform_over_configs(bencher: Bencher<'_, '_>) {
    let (mut sampler, mut rng) = (UniformSampler::<CellConfig>::over_configs(), Pcg64::seed_from_u64(1));
    bencher.bench_local(|| sampler.sample(&mut rng));
}
