//! What the example is told.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use serde::Serialize;
use transfer_nas::prelude::Attention;

use crate::chain::{ACTIONS, Chain, LENGTHS};

/// Measure what a trial costs on chains of decisions.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Decisions of the chains, among 10, 26, 100 and 400; all of them by default, but up to 26 with full attention.
    #[arg(long, value_delimiter = ',', value_parser = |text: &str| one_of(&LENGTHS, text))]
    pub(crate) lengths: Vec<usize>,
    /// Actions of each decision, among 2, 10 and 50.
    #[arg(long, value_delimiter = ',', default_values_t = ACTIONS, value_parser = |text: &str| one_of(&ACTIONS, text))]
    pub(crate) actions: Vec<usize>,
    /// How past decisions see each other.
    #[arg(long, value_enum, default_value_t = Mode::Causal)]
    pub(crate) attention: Mode,
    /// Measured trials of each chain.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) trials: u32,
    /// Trials before those; the default fills the memory of elites.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub(crate) warmup: u32,
    /// Seeds all agents.
    #[arg(long, default_value_t = 0)]
    pub(crate) seed: u64,
    /// Writes both costs as curves there, as SVG and PNG.
    #[arg(long, value_name = "DIR")]
    pub(crate) plots: Option<PathBuf>,
    /// Prints one JSON object a chain and nothing else.
    #[arg(long)]
    pub(crate) json: bool,
    /// Measures this chain in this process.
    #[arg(long, hide = true)]
    pub(crate) chain: Option<Chain>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    Full,
    Causal,
}

impl Mode {
    /// As on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Causal => "causal",
        }
    }
}

impl From<Mode> for Attention {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Full => Self::Full,
            Mode::Causal => Self::Causal,
        }
    }
}

impl Arguments {
    /// The chains, those of as many actions one after the other.
    pub(crate) fn chains(&self) -> Vec<Chain> {
        let lengths = match self.attention {
            _ if !self.lengths.is_empty() => sorted(&self.lengths),
            Mode::Causal => LENGTHS.to_vec(),
            // Every candidate is a sequence of its own: long chains are measured only where they are asked for.
            Mode::Full => LENGTHS.into_iter().filter(|&length| length <= 26).collect(),
        };
        let chain = |actions| lengths.iter().map(move |&decisions| Chain { decisions, actions });
        sorted(&self.actions).into_iter().flat_map(chain).collect()
    }
}

pub(crate) fn one_of(known: &[usize], text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| known.contains(number));
    number.ok_or_else(|| format!("not one of {}", known.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")))
}

pub(crate) fn sorted(numbers: &[usize]) -> Vec<usize> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
