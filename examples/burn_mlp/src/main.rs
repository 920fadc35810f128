//! Searches for the best way to train a network with burn on handwritten digits.

mod config;
mod digits;
mod network;
mod objective;
mod training;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use transfer_nas::study::{MedianPruner, Study, Summary};

use config::Config;
use digits::Digits;
use training::{Error, Training};

/// Search for the best way to train a small network on handwritten digits.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many trials the study has, those of earlier runs included.
    #[arg(long, default_value_t = 100)]
    trials: u64,
    /// How often each network sees the training digits.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    epochs: u32,
    /// How many networks are trained at once.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
    /// Seeds the search and the networks.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The file that keeps the study; one that is there is gone on with.
    #[arg(long, value_name = "FILE", default_value = "burn_mlp.db")]
    file: PathBuf,
    /// Where the report is written.
    #[arg(long, value_name = "FILE", default_value = "burn_mlp.html")]
    report: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("burn_mlp: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let digits = Arc::new(Digits::load()?);
    let (epochs, seed) = (arguments.epochs, arguments.seed);
    let study = Study::open(&arguments.file)?.name("digits").seed(seed);
    let study = study.pruner(MedianPruner::new().warmup(2)).workers(arguments.workers.into()).trials(arguments.trials);
    let mut study = study.build::<Config>()?;
    let default = study.enqueue_once(Config::default())?;

    let shared = Arc::clone(&digits);
    let summary = study.run_trials(move |trial| objective::evaluate(trial, &shared, epochs, seed))?;
    let Summary { done, pruned, failed, elapsed, .. } = summary;
    println!("{done} trials done, {pruned} pruned, {failed} failed, {:.0} s", elapsed.as_secs_f64());

    let best = study.best_trial()?.ok_or("no trial came to its end: see the errors in the report")?;
    let best_config = best.config.ok_or("the best config is of an earlier type: take another file")?;
    println!("{best_config:#?}");
    for (name, config, number) in [("default", Config::default(), default), ("best", best_config, best.number)] {
        let directory = study.dir_of(number).ok_or_else(|| format!("trial {number} has no directory here any more"))?;
        let training = Training::load(&config, 0, &directory)?;
        let (validation, test) = (100.0 * training.accuracy(), 100.0 * training.test(&digits));
        println!("{name}, trial {number}: {validation:.2} % on validation digits, {test:.2} % on test digits");
    }
    study.report(&arguments.report)?;
    println!("wrote {}", arguments.report.display());
    Ok(())
}
