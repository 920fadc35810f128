//! NAS-Bench-101 (paper, Section 4.2): agents from scratch and after transfer, against what the paper compares them with and
//! against stronger controls.
//!
//! ```sh
//! cargo run --release --example nasbench101 -- --table test108.tsv.gz --method scratch,transfer,evolution --plots out
//! ```

mod figure;
mod methods;
mod objectives;
mod oracle;
#[path = "../support/spread.rs"]
mod spread;
mod summary;
#[path = "../support/mod.rs"]
mod support;
#[path = "../strategies/tpe_search.rs"]
mod tpe_search;
mod weights;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use methods::{Method, Plan, Pretrained, Pretraining, Run};
use objectives::Aim;
use oracle::Oracle;
use support::replicas;
use support::rewards::LearnsFrom;

/// Search NAS-Bench-101's cells by their accuracy in a table.
#[derive(Debug, Parser)]
struct Arguments {
    /// The table of accuracies, `.tsv.gz` or `.tsv`: a line for each cell with the columns
    /// `hash`, `n`, `adj`, `ops`, `params`, `test_sum`.
    #[arg(long, value_name = "FILE")]
    table: Option<PathBuf>,
    /// What to run, one after the other.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Method::Scratch, Method::Random])]
    method: Vec<Method>,
    /// Runs of each method, each with a seed of its own.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    trials: u32,
    /// Trials on the two small spaces before a transfer, not counted among those of the run.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pretrain: u32,
    /// The share of neighbours of the best cell so far among the trials of `climbing` and `transfer-elites`.
    #[arg(long, default_value_t = 0.5, value_parser = share)]
    climbing: f64,
    /// Draws a cell again where its graph was tried before; `--unique=search` leaves the pretraining alone.
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    unique: Option<Unique>,
    /// What agents learn from.
    #[arg(long, value_enum, default_value_t = LearnsFrom::Ranks)]
    rewards: LearnsFrom,
    /// The deviation of normal noise on each reward. What is reported is without it.
    #[arg(long, default_value_t = 0.0, value_name = "DEVIATION", value_parser = deviation)]
    noise: f64,
    /// So many cells are being evaluated at once: the oldest is told before the next is asked for.
    #[arg(long, default_value_t = 1, value_name = "TRIALS", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pending: u32,
    /// Has so many of the best cells evaluated again in the end, with a sixth of the trials.
    #[arg(long, default_value_t = 0, value_name = "FINALISTS", value_parser = clap::value_parser!(u32).range(0..=100))]
    confirm: u32,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Writes the curves of all methods, and their numbers as CSV, to a folder.
    #[arg(long, value_name = "DIR")]
    plots: Option<PathBuf>,
    /// Looks for cells that are good in several ways at once; the methods are random search, evolution, local search, the default search
    /// and agents from scratch.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "OBJECTIVES", conflicts_with = "limit")]
    objectives: Vec<Aim>,
    /// Looks for the best cell of at most 5,000,000 parameters by the default search, which is told of the limit or knows it.
    #[arg(long)]
    limit: bool,
    /// Prints one JSON object a method and nothing else.
    #[arg(long)]
    json: bool,
}

/// Where no cell is tried twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Unique {
    /// In the pretraining and in the search.
    All,
    /// In the search only.
    Search,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("not from 0 to 1".to_owned()) }
}

fn deviation(text: &str) -> Result<f64, String> {
    let deviation: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&deviation) { Ok(deviation) } else { Err("not from 0 to 1".to_owned()) }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let oracle = match Oracle::open(arguments.table.as_deref()) {
        Ok(oracle) => oracle,
        Err(error) => {
            eprintln!("nasbench101: {error}");
            return ExitCode::from(2);
        }
    };
    match run(&arguments, &oracle) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("nasbench101: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments, oracle: &Oracle) -> Result<(), Error> {
    if !arguments.json {
        println!("{}", oracle.note());
    }
    if arguments.limit {
        return objectives::run_limited(arguments, oracle);
    }
    match arguments.objectives[..] {
        [] | [Aim::Accuracy] => {}
        [Aim::Accuracy, Aim::Params] | [Aim::Params, Aim::Accuracy] => return objectives::run(arguments, oracle),
        _ => return Err("the objectives are `accuracy` and `params`, each once".into()),
    }
    let mut pretrained: HashMap<Pretraining, Vec<Pretrained>> = HashMap::new();
    let mut all = Vec::with_capacity(arguments.method.len());
    for &method in &arguments.method {
        // Each kind once, for all methods that need it.
        if let Some(kind) = method.pretraining().filter(|kind| !pretrained.contains_key(kind)) {
            pretrained.insert(kind, pretrain(arguments, oracle, kind)?);
        }
        let pretrained = method.pretraining().and_then(|kind| pretrained.get(&kind)).map_or(&[][..], Vec::as_slice);
        let (runs, seconds) = run_method(arguments, oracle, method, pretrained)?;
        let line = summary::line(arguments, oracle, method, &runs, seconds);
        if arguments.json {
            println!("{}", serde_json::to_string(&line)?);
        } else {
            summary::print(&line);
        }
        all.push((method, runs));
    }
    if !arguments.json {
        summary::print_paired(arguments, &all);
    }
    if let Some(folder) = &arguments.plots {
        figure::draw(folder, oracle, &all)?;
        if !arguments.json {
            println!(
                "wrote nasbench101_accuracy and nasbench101_regret, .svg and .png, and nasbench101.csv, to {}",
                folder.display()
            );
        }
    }
    Ok(())
}

/// What each replica learns on the small spaces.
fn pretrain(arguments: &Arguments, oracle: &Oracle, by: Pretraining) -> Result<Vec<Pretrained>, Error> {
    let (count, trials) = (arguments.replicas as usize, arguments.pretrain as usize);
    let (pretrained, _) = replicas::run("pretraining", count, trials, |replica, bar| {
        methods::pretrain(
            by,
            oracle,
            replicas::seed(arguments.seed, replica),
            trials,
            (arguments.unique == Some(Unique::All), arguments.rewards.into()),
            bar,
        )
    })?;
    Ok(pretrained)
}

fn run_method(
    arguments: &Arguments,
    oracle: &Oracle,
    method: Method,
    pretrained: &[Pretrained],
) -> Result<(Vec<Run>, f64), Error> {
    let (count, trials) = (arguments.replicas as usize, arguments.trials as usize);
    replicas::run(method.name(), count, trials, |replica, bar| {
        let seed = replicas::seed(arguments.seed, replica);
        let (unique, climbing) = (arguments.unique.is_some(), arguments.climbing);
        let rewards = arguments.rewards.into();
        let plan = Plan {
            oracle,
            seed,
            trials,
            unique,
            climbing,
            rewards,
            noise: arguments.noise,
            pending: arguments.pending as usize,
            finalists: arguments.confirm as usize,
            pretrained: pretrained.get(replica),
            bar,
        };
        methods::run(method, &plan)
    })
}
