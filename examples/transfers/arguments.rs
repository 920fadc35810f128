//! What the example is told.

use clap::{Parser, ValueEnum};

use crate::cases::Case;
use crate::searches::Method;

/// Compare searches that know of older ones with searches that do not.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// What the older search was about, beside what is searched now.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Case::value_variants().iter().copied())]
    pub(crate) case: Vec<Case>,
    /// The searches.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Method::value_variants().iter().copied())]
    pub(crate) method: Vec<Method>,
    /// Runs of each search in each case, each with a seed and an instance of its own.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(10..=1000))]
    pub(crate) trials: u32,
    /// Trials of the older searches together.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(4..=1000))]
    pub(crate) source_trials: u32,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Prints one JSON object for each case and search and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}
