//! What the example is told.

use std::path::PathBuf;

use clap::{ArgGroup, Parser, ValueEnum};

/// Search for the best way to train a small network on handwritten digits.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("several").args(["compare", "transfer"])))]
pub(crate) struct Arguments {
    /// Trials of a study, those of earlier runs included.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) trials: u64,
    /// Networks that are trained at once.
    #[arg(long, default_value_t = 1, value_parser = workers)]
    pub(crate) workers: usize,
    /// How often each network sees the training digits.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) epochs: u32,
    /// What proposes configs; `bayesian` is what a study searches with where nothing is chosen.
    #[arg(long, value_enum, default_value_t = Search::Bayesian)]
    pub(crate) search: Search,
    /// Seeds searches and networks. The split of the digits is always the same.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Keeps the study in an SQLite file; one that is there is gone on with.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Writes a report as an HTML page; with `--transfer`, on the first study that starts with what was learned.
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// What gives up networks that do not promise much.
    #[arg(long, value_enum, default_value_t = Prune::None)]
    pub(crate) prune: Prune,
    /// The same trials whatever the number of workers.
    #[arg(long)]
    pub(crate) deterministic: bool,
    /// Puts the ways to search side by side: how good each one is after how many trials. `--workers` studies run at once, with
    /// one network each.
    #[arg(long, conflicts_with_all = ["search", "report", "deterministic"])]
    pub(crate) compare: bool,
    /// Searches the changed config type, too: from what was learned of the first one, and from scratch.
    #[arg(long, requires = "file")]
    pub(crate) transfer: bool,
    /// How often `--compare` or `--transfer` does all that, each time with another seed.
    #[arg(long, default_value_t = 1, requires = "several", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) replicas: u32,
}

/// What gives trials up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prune {
    None,
    /// Below the median of the others, from the second epoch on.
    Median,
    /// All but the better half after 2, 4, 8 .. epochs.
    Halving,
}

/// What proposes configs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Search {
    /// A Gaussian process: what a study searches with where nothing is chosen.
    Bayesian,
    /// The Transformer agent.
    Agent,
    /// Uniform configs.
    Random,
}

impl Search {
    pub(crate) const ALL: [Self; 3] = [Self::Bayesian, Self::Agent, Self::Random];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bayesian => "bayesian",
            Self::Agent => "agent",
            Self::Random => "random",
        }
    }
}

fn workers(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|workers| (1..=256).contains(workers)).ok_or_else(|| "not from 1 to 256".to_owned())
}
