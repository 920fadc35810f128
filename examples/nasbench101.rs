//! NAS-Bench-101 (paper, Section 4.2) on a table of its accuracies: an agent against random search.
//!
//! ```sh
//! cargo run --release --example nasbench101 -- --table test108.tsv.gz
//! ```
//!
//! With a table of mean test accuracies the reward and the figure reported are the same number.

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;
use transfer_nas::nasbench::{CellConfig, Table};
use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;

use support::replicas;

/// Search NAS-Bench-101's cells by their accuracy in a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// The table of accuracies, `.tsv.gz` or `.tsv`: a line for each cell with the columns
    /// `hash`, `n`, `adj`, `ops`, `params`, `test_sum`.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// What to run.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Method::Scratch, Method::Random])]
    method: Vec<Method>,
    /// Runs of each method, each with a seed of its own.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    trials: u32,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Prints one JSON object a method and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Method {
    /// A Transformer agent with fresh weights.
    Scratch,
    /// Random search.
    Random,
}

/// The accuracies of one run, trial by trial, and its share of valid cells.
struct Run {
    accuracies: Vec<f64>,
    acceptance: f64,
}

#[derive(Serialize)]
struct Line {
    example: &'static str,
    method: Method,
    replicas: u32,
    trials: u32,
    seed: u64,
    /// The mean over replicas of the best test accuracy so far.
    best_at: BTreeMap<u32, f64>,
    /// The standard error of that mean.
    sem_at: BTreeMap<u32, f64>,
    /// The first trial at which that mean reaches the level.
    crossing: BTreeMap<&'static str, Option<usize>>,
    acceptance: f64,
    trials_per_second: f64,
}

const CHECKPOINTS: [u32; 6] = [50, 100, 200, 300, 500, 1000];
const LEVELS: [(&str, f64); 4] = [("0.935", 0.935), ("0.938", 0.938), ("0.940", 0.940), ("0.942", 0.942)];

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Some(path) = &arguments.table else {
        eprintln!(
            "nasbench101: give a table of accuracies with --table FILE, a .tsv.gz with the columns hash, n, adj, ops, \
             params and test_sum for each of the 423,624 cells, as docs/nasbench101.md tells how to make from the \
             official nasbench_only108.tfrecord"
        );
        return ExitCode::from(2);
    };
    let table = match Table::open(path) {
        Ok(table) => table,
        Err(error) => {
            eprintln!("nasbench101: {error}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments, &table) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nasbench101: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, table: &Table) -> Result<(), Error> {
    for &method in &arguments.method {
        let (count, trials) = (arguments.replicas as usize, arguments.trials as usize);
        let (runs, seconds) = replicas::run(&format!("{method:?}"), count, trials, |replica, bar| {
            let seed = replicas::seed(arguments.seed, replica);
            match method {
                Method::Scratch => scratch(table, seed, trials, bar),
                Method::Random => random(table, seed, trials, bar),
            }
        })?;
        let line = summarise(arguments, method, &runs, seconds);
        if arguments.json {
            println!("{}", serde_json::to_string(&line)?);
        } else {
            print_table(&line);
        }
    }
    Ok(())
}

fn scratch(table: &Table, seed: u64, trials: usize, bar: &ProgressBar) -> Result<Run, Error> {
    let mut agent = Agent::<CellConfig>::builder().seed(seed).build()?;
    let mut accuracies = Vec::with_capacity(trials);
    for _ in 0..trials {
        let trial = agent.sample::<CellConfig>()?;
        let accuracy = look_up(table, &trial.config)?;
        agent.observe(trial, accuracy)?;
        accuracies.push(accuracy);
        bar.inc(1);
    }
    Ok(Run { accuracies, acceptance: agent.acceptance::<CellConfig>().unwrap_or(1.0) })
}

fn random(table: &Table, seed: u64, trials: usize, bar: &ProgressBar) -> Result<Run, Error> {
    let mut search = RandomSearch::<CellConfig>::new(seed);
    let mut accuracies = Vec::with_capacity(trials);
    for _ in 0..trials {
        accuracies.push(look_up(table, &search.sample()?)?);
        bar.inc(1);
    }
    Ok(Run { accuracies, acceptance: search.acceptance().unwrap_or(1.0) })
}

fn look_up(table: &Table, config: &CellConfig) -> Result<f64, Error> {
    let cell = config.cell();
    table.accuracy(&cell).ok_or_else(|| format!("the table has no line for the valid cell {cell}").into())
}

fn summarise(arguments: &Arguments, method: Method, runs: &[Run], seconds: f64) -> Line {
    let best: Vec<Vec<f64>> = runs.iter().map(|run| best_so_far(&run.accuracies)).collect();
    let at = |trial: usize| -> Vec<f64> { best.iter().map(|best| best[trial - 1]).collect() };
    let means: Vec<f64> = (1..=arguments.trials as usize).map(|trial| mean(&at(trial))).collect();
    let checkpoints = || CHECKPOINTS.into_iter().filter(|&trial| trial <= arguments.trials);
    let acceptances: Vec<f64> = runs.iter().map(|run| run.acceptance).collect();
    let crossing = |level: f64| means.iter().position(|&mean| mean >= level).map(|i| i + 1);
    Line {
        example: "nasbench101",
        method,
        replicas: arguments.replicas,
        trials: arguments.trials,
        seed: arguments.seed,
        best_at: checkpoints().map(|trial| (trial, means[trial as usize - 1])).collect(),
        sem_at: checkpoints().map(|trial| (trial, standard_error(&at(trial as usize)))).collect(),
        crossing: LEVELS.into_iter().map(|(name, level)| (name, crossing(level))).collect(),
        acceptance: mean(&acceptances),
        trials_per_second: f64::from(arguments.replicas) * f64::from(arguments.trials) / seconds,
    }
}

/// The mean.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The standard error of the mean; zero for a single value.
fn standard_error(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = mean(values);
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (values.len() - 1) as f64;
    (variance / values.len() as f64).sqrt()
}

/// The largest value so far at each position.
fn best_so_far(values: &[f64]) -> Vec<f64> {
    let keep_best = |best: &mut f64, &value: &f64| {
        *best = best.max(value);
        Some(*best)
    };
    values.iter().scan(f64::NEG_INFINITY, keep_best).collect()
}

fn print_table(line: &Line) {
    let Line { method, replicas, trials, seed, .. } = line;
    println!("NAS-Bench-101, {method:?}, {replicas} replicas of {trials} trials, seed {seed}");
    println!("{:>8} {:>28}", "trial", "mean best test accuracy ± se");
    for (trial, best) in &line.best_at {
        println!("{trial:>8} {best:>19.5} ± {:.5}", line.sem_at[trial]);
    }
    for (level, trial) in &line.crossing {
        let trial = trial.map_or_else(|| "not reached".to_owned(), |trial| format!("trial {trial}"));
        println!("{level:>8} {trial:>19}");
    }
    println!(
        "{:.0} % of the drawn cells were valid; {:.0} trials a second",
        100.0 * line.acceptance,
        line.trials_per_second
    );
}
