//! Networks that tell handwritten digits: a study of how to train them, and another one once the config type has changed.
//!
//! ```sh
//! cargo run --release --example train_mlp -- --workers 2 --file runs.db --report report.html
//! cargo run --release --example train_mlp -- --workers 2 --compare --replicas 10 --prune median
//! cargo run --release --example train_mlp -- --workers 2 --file transfer.db --transfer --replicas 5
//! ```
//!
//! The first command can be stopped and given again: the study goes on. The second one puts the ways to search
//! side by side. `docs/train_mlp.md` has figures.

mod comparison;
mod data;
mod job;
mod network;
mod optimizer;
mod recipe;
mod search;
mod searches;
#[path = "../support/spread.rs"]
mod spread;
mod training;
mod transfer;
mod v1;
mod v2;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{ArgGroup, Parser, ValueEnum};
use transfer_nas::study::{Study, Summary};

use job::Job;
use recipe::Trainable;
use search::{AnySearcher, Search};

/// Search for the best way to train a small network on handwritten digits.
#[derive(Debug, Parser)]
#[command(group(ArgGroup::new("several").args(["compare", "transfer"])))]
struct Arguments {
    /// Trials of a study, those of earlier runs included.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    trials: u64,
    /// Networks that are trained at once.
    #[arg(long, default_value_t = 1, value_parser = workers)]
    workers: usize,
    /// How often each network sees the training digits.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    epochs: u32,
    /// What proposes configs; `bayesian` is what a study searches with where nothing is chosen.
    #[arg(long, value_enum, default_value_t = Search::Bayesian)]
    search: Search,
    /// Seeds searches and networks. The split of the digits is always the same.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Keeps the study in an SQLite file; one that is there is gone on with.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Writes a report as an HTML page; with `--transfer`, on the first study that starts with what was learned.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// What gives up networks that do not promise much.
    #[arg(long, value_enum, default_value_t = Prune::None)]
    prune: Prune,
    /// The same trials whatever the number of workers.
    #[arg(long)]
    deterministic: bool,
    /// Puts the ways to search side by side: how good each one is after how many trials. `--workers` studies run at once, with
    /// one network each.
    #[arg(long, conflicts_with_all = ["search", "report", "deterministic"])]
    compare: bool,
    /// Searches the changed config type, too: from what was learned of the first one, and from scratch.
    #[arg(long, requires = "file")]
    transfer: bool,
    /// How often `--compare` or `--transfer` does all that, each time with another seed.
    #[arg(long, default_value_t = 1, requires = "several", value_parser = clap::value_parser!(u32).range(1..=1000))]
    replicas: u32,
}

/// What gives trials up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Prune {
    None,
    /// Below the median of the others, from the second epoch on.
    Median,
    /// All but the better half after 2, 4, 8 .. epochs.
    Halving,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn workers(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|workers| (1..=256).contains(workers)).ok_or_else(|| "not from 1 to 256".to_owned())
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let run = match () {
        () if arguments.compare => searches::run,
        () if arguments.transfer => transfer::run,
        () => run,
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("train_mlp: {error}");
            ExitCode::FAILURE
        }
    }
}

/// One study of the first config type.
fn run(arguments: &Arguments) -> Result<(), Error> {
    let job = Job::new(arguments.epochs, arguments.seed)?;
    let mut study = arguments.search.study::<v1::TrainConfig>(arguments, "mlp", &job)?.build()?;
    let before = study.trials()?.len();
    if before > 0 {
        println!("the study `{}` goes on with {before} trials", study.name());
    }
    let worker = Arc::clone(&job);
    let summary = study.run_trials(move |trial| worker.evaluate(trial))?;
    print_summary(&summary);
    print_best(&study, &summary, &job)?;
    if let Some(path) = &arguments.report {
        study.report(path)?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn print_summary(summary: &Summary) {
    let Summary { ending, done, failed, pruned, elapsed, .. } = summary;
    let seconds = elapsed.as_secs_f64();
    println!("{ending:?} after {seconds:.1} s: {done} trials done, {pruned} pruned, {failed} failed");
}

/// The best config, and what it earns on digits that had no say in choosing it.
fn print_best(
    study: &Study<v1::TrainConfig, AnySearcher<v1::TrainConfig>>,
    summary: &Summary,
    job: &Job,
) -> Result<(), Error> {
    let Some((best, (number, accuracy))) = study.best()?.zip(summary.best) else {
        println!("no trial has a reward");
        return Ok(());
    };
    println!("{:#?}", best.config);
    let test = job.test(&best.config.recipe(), number)?;
    println!("trial {number}: {:.2} % on validation digits, {:.2} % on test digits", 100.0 * accuracy, 100.0 * test);
    Ok(())
}
