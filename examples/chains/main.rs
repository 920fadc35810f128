//! What a trial costs against the length of the chain: its time, and the memory of the process, for chains of 10 to 400
//! decisions of 2 to 50 actions.
//!
//! ```sh
//! cargo run --release --example chains
//! cargo run --release --example chains -- --lengths 10,26,100 --actions 10 --plots plots
//! cargo run --release --example chains -- --attention full
//! ```

mod figure;
mod measure;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use serde::Serialize;
use transfer_nas::prelude::Attention;

use measure::{ACTIONS, Chain, LENGTHS, Point};

/// Measure what a trial costs on chains of decisions.
#[derive(Debug, Parser)]
struct Arguments {
    /// Decisions of the chains, among 10, 26, 100 and 400; all of them by default, but up to 26 with full attention.
    #[arg(long, value_delimiter = ',', value_parser = |text: &str| one_of(&LENGTHS, text))]
    lengths: Vec<usize>,
    /// Actions of each decision, among 2, 10 and 50.
    #[arg(long, value_delimiter = ',', default_values_t = ACTIONS, value_parser = |text: &str| one_of(&ACTIONS, text))]
    actions: Vec<usize>,
    /// How past decisions see each other.
    #[arg(long, value_enum, default_value_t = Mode::Causal)]
    attention: Mode,
    /// Measured trials of each chain.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    trials: u32,
    /// Trials before those; the default fills the memory of elites.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    warmup: u32,
    /// Seeds all agents.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Writes both costs as curves there, as SVG and PNG.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Prints one JSON object a chain and nothing else.
    #[arg(long)]
    json: bool,
    /// Measures this chain in this process.
    #[arg(long, hide = true)]
    chain: Option<Chain>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    Full,
    Causal,
}

impl Mode {
    /// As on the command line.
    fn name(self) -> &'static str {
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
    fn chains(&self) -> Vec<Chain> {
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

#[derive(Serialize)]
struct Line<'a> {
    example: &'static str,
    attention: Mode,
    trials: u32,
    warmup: u32,
    seed: u64,
    #[serde(flatten)]
    point: &'a Point,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn one_of(known: &[usize], text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| known.contains(number));
    number.ok_or_else(|| format!("not one of {}", known.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")))
}

fn sorted(numbers: &[usize]) -> Vec<usize> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.chain {
        Some(chain) => answer(&arguments, chain),
        None => run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chains: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What a process does that measures one chain.
fn answer(arguments: &Arguments, chain: Chain) -> Result<(), Error> {
    println!("{}", serde_json::to_string(&measure::here(arguments, chain)?)?);
    Ok(())
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let &Arguments { attention, trials, warmup, seed, json, .. } = arguments;
    if !json {
        println!("chains, {} attention, median of {trials} trials after {warmup}, seed {seed}", attention.name());
        println!("{:>9} {:>7} {:>11} {:>7}", "decisions", "actions", "ms a trial", "peak MB");
    }
    let mut points = Vec::new();
    for chain in arguments.chains() {
        let point = measure::elsewhere(arguments, chain)?;
        if json {
            let line = Line { example: "chains", attention, trials, warmup, seed, point: &point };
            println!("{}", serde_json::to_string(&line)?);
        } else {
            let peak = point.peak_mb.map_or_else(|| "-".to_owned(), |peak| format!("{peak:.0}"));
            println!("{:>9} {:>7} {:>11.3} {peak:>7}", point.decisions, point.actions, point.ms);
        }
        points.push(point);
    }
    if let Some(folder) = &arguments.plots {
        figure::draw(folder, attention.name(), &points)?;
        if !json {
            println!("wrote chains, .svg and .png, to {}", folder.display());
        }
    }
    Ok(())
}
