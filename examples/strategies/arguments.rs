//! What the example is told.

use clap::{Parser, ValueEnum};

use crate::runs::Method;

/// Compare strategies on synthetic conditional problems.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The strategies.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Method::value_variants().iter().copied())]
    pub(crate) method: Vec<Method>,
    /// The problems.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Which::value_variants().iter().copied())]
    pub(crate) problem: Vec<Which>,
    /// Runs of each strategy on each problem, each with a seed and an instance of its own.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub(crate) trials: u32,
    /// Deviations of normal noise on each reward, in units of the distance from a random config's median to the best.
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.1])]
    pub(crate) noise: Vec<f64>,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Prints one JSON object a row and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// A chain of 60 decisions.
    Chain,
    /// Deceptive traps.
    Traps,
    /// A pipeline with branches.
    Pipeline,
    /// Parity of 12 bits.
    Parity,
}
