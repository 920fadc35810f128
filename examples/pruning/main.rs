//! What a pruner is worth to a search, at equal budgets of epochs: the agent alone, with the median pruner, and with successive
//! halving, on a training job that is made up.
//!
//! ```sh
//! cargo run --release --example pruning
//! cargo run --release --example pruning -- --replicas 10 --budgets 1000,2000,4000 --rewards ranks,raw
//! ```

mod job;
#[path = "../support/mod.rs"]
mod support;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use indicatif::ProgressBar;
use serde::Serialize;
use transfer_nas::prelude::*;
use transfer_nas::study::{MedianPruner, Outcome, Pruner, Running, Study, SuccessiveHalving};

use job::Job;
use support::replicas;
use support::rewards::LearnsFrom;

/// Search with and without a pruner, at equal budgets.
#[derive(Debug, Parser)]
struct Arguments {
    /// Studies of each kind, each with a seed of its own.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    replicas: u32,
    /// Epochs that a study may train in all; a whole training has 20.
    #[arg(long, value_delimiter = ',', default_values_t = [1000, 2000, 4000])]
    budgets: Vec<u64>,
    /// What gives trials up.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Pruning::None, Pruning::Median, Pruning::Halving])]
    pruners: Vec<Pruning>,
    /// What the agent learns from.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [LearnsFrom::Ranks])]
    rewards: Vec<LearnsFrom>,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Prints one JSON object a row and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum Pruning {
    /// Every trial comes to its end.
    None,
    /// [`MedianPruner`].
    Median,
    /// [`SuccessiveHalving`] at epochs 2, 6 and 18.
    Halving,
}

impl Pruning {
    fn pruner(self) -> Option<Box<dyn Pruner>> {
        match self {
            Self::None => None,
            Self::Median => Some(Box::new(MedianPruner::new())),
            Self::Halving => Some(Box::new(SuccessiveHalving::new(2, 3))),
        }
    }
}

/// What one study came to. All values are without noise.
struct Run {
    trials: usize,
    pruned: usize,
    /// What the config with the best reward reaches.
    best: f64,
    /// The mean of what the last 50 proposals reach.
    last: f64,
}

#[derive(Serialize)]
struct Line {
    example: &'static str,
    rewards: LearnsFrom,
    pruner: Pruning,
    budget: u64,
    replicas: u32,
    seed: u64,
    trials: f64,
    pruned: f64,
    best: f64,
    best_sem: f64,
    last: f64,
    last_sem: f64,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pruning: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    if !arguments.json {
        println!("{} studies each, seed {}; mean ± standard error", arguments.replicas, arguments.seed);
        println!(
            "{:>8} {:>8} {:>8} {:>7} {:>7}  {:<17} {:<17}",
            "learns", "pruner", "epochs", "trials", "pruned", "best config", "last 50 proposals"
        );
    }
    for &rewards in &arguments.rewards {
        for &budget in &arguments.budgets {
            for &pruning in &arguments.pruners {
                let count = arguments.replicas as usize;
                let (runs, _) = replicas::run("pruning", count, 1, |replica, bar| {
                    search(replicas::seed(arguments.seed, replica), rewards, pruning, budget, bar)
                })?;
                print(arguments, &line(arguments, rewards, pruning, budget, &runs))?;
            }
        }
    }
    Ok(())
}

/// One study, until its budget is spent.
fn search(seed: u64, rewards: LearnsFrom, pruning: Pruning, budget: u64, bar: &ProgressBar) -> Result<Run, Error> {
    let agent = Agent::<Job>::builder().seed(seed).rewards(rewards.into()).build()?;
    let mut study = Study::in_memory().agent(agent).pruner(pruning.pruner()).build::<Job>()?;
    let (mut spent, mut truths, mut pruned, mut best) = (0, Vec::new(), 0, (f64::NEG_INFINITY, 0.0));
    while spent < budget {
        let Some(trial) = study.ask()? else { break };
        let truth = trial.truth();
        truths.push(truth);
        let (outcome, epochs) = train(&trial, seed.wrapping_mul(1_000_003) + trial.number())?;
        spent += epochs;
        match outcome {
            Outcome::Reward(reward) if reward > best.0 => best = (reward, truth),
            Outcome::Pruned => pruned += 1,
            _ => {}
        }
        study.tell(trial, outcome)?;
    }
    bar.inc(1);
    let last = &truths[truths.len().saturating_sub(50)..];
    let last = last.iter().sum::<f64>() / last.len() as f64;
    Ok(Run { trials: truths.len(), pruned, best: best.1, last })
}

/// How a training ended, and its epochs.
fn train(trial: &Running<Job>, seed: u64) -> Result<(Outcome, u64), Error> {
    let mut value = 0.0;
    for (epoch, reached) in trial.curve(seed) {
        value = reached;
        trial.report(epoch, value)?;
        if trial.should_prune()? {
            return Ok((Outcome::Pruned, epoch));
        }
    }
    Ok((Outcome::Reward(value), job::EPOCHS))
}

fn line(arguments: &Arguments, rewards: LearnsFrom, pruner: Pruning, budget: u64, runs: &[Run]) -> Line {
    let mean = |value: fn(&Run) -> f64| runs.iter().map(value).sum::<f64>() / runs.len() as f64;
    let sem = |value: fn(&Run) -> f64| {
        let (mean, count) = (mean(value), runs.len() as f64);
        let squares: f64 = runs.iter().map(|run| (value(run) - mean).powi(2)).sum();
        (squares / (count - 1.0) / count).sqrt()
    };
    Line {
        example: "pruning",
        rewards,
        pruner,
        budget,
        replicas: arguments.replicas,
        seed: arguments.seed,
        trials: mean(|run| run.trials as f64),
        pruned: mean(|run| run.pruned as f64),
        best: mean(|run| run.best),
        best_sem: sem(|run| run.best),
        last: mean(|run| run.last),
        last_sem: sem(|run| run.last),
    }
}

fn print(arguments: &Arguments, line: &Line) -> Result<(), Error> {
    if arguments.json {
        println!("{}", serde_json::to_string(line)?);
        return Ok(());
    }
    let Line { rewards, pruner, budget, trials, pruned, best, best_sem, last, last_sem, .. } = line;
    let (rewards, pruner) = (format!("{rewards:?}").to_lowercase(), format!("{pruner:?}").to_lowercase());
    println!(
        "{rewards:>8} {pruner:>8} {budget:>8} {trials:>7.0} {pruned:>7.0}  {best:.4} ± {best_sem:.4}   {last:.4} ± {last_sem:.4}"
    );
    Ok(())
}
