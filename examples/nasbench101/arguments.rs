//! What the example is told.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};

use crate::aim::Aim;
use crate::methods::Method;
use crate::support::rewards::LearnsFrom;

/// Search NAS-Bench-101's cells by their accuracy in a table.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// The table of accuracies, `.tsv.gz` or `.tsv`: a line for each cell with the columns
    /// `hash`, `n`, `adj`, `ops`, `params`, `test_sum`.
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// What to run, one after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Method::Scratch, Method::Random])]
    pub(crate) method: Vec<Method>,
    /// Runs of each method, each with a seed of its own.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) trials: u32,
    /// Trials on the two small spaces before a transfer, not counted among those of the run.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) pretrain: u32,
    /// The share of neighbours of the best cell so far among the trials of `climbing` and `transfer-elites`.
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    pub(crate) climbing: f64,
    /// Draws a cell again where its graph was tried before; `--unique=search` leaves the pretraining alone.
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub(crate) unique: Option<Unique>,
    /// What agents learn from.
    #[arg(long, value_enum, default_value_t = LearnsFrom::Ranks)]
    pub(crate) rewards: LearnsFrom,
    /// The deviation of normal noise on each reward. What is reported is without it.
    #[arg(long, default_value_t = 0.0, value_name = "DEVIATION", value_parser = deviation)]
    pub(crate) noise: f64,
    /// So many cells are being evaluated at once: the oldest is told before the next is asked for.
    #[arg(long, default_value_t = 1, value_name = "TRIALS", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) pending: u32,
    /// Has so many of the best cells evaluated again in the end, with a sixth of the trials.
    #[arg(long, default_value_t = 0, value_name = "FINALISTS", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) confirm: u32,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Writes the curves of all methods, and their numbers as CSV, to a folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
    /// Searches for cells that are good in several ways at once; the methods are random search, evolution, local search, the default search
    /// and agents from scratch.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "OBJECTIVES", conflicts_with = "limit")]
    pub(crate) objectives: Vec<Aim>,
    /// Searches for the best cell of at most 5,000,000 parameters by the default search, which is told of the limit or knows it.
    #[arg(long)]
    pub(crate) limit: bool,
    /// Prints one JSON object a method and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where no cell is tried twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Unique {
    /// In the pretraining and in the search.
    All,
    /// In the search only.
    Search,
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("not from 0 to 1".to_owned()) }
}

fn deviation(text: &str) -> Result<f64, String> {
    let deviation: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&deviation) { Ok(deviation) } else { Err("not from 0 to 1".to_owned()) }
}
