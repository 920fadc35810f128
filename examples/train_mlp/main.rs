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

mod arguments;
mod comparison;
mod data;
mod error;
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

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use transfer_nas::study::{Study, Summary};

use arguments::Arguments;
use error::Error;
use job::Job;
use recipe::Trainable;
use search::AnySearcher;

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
