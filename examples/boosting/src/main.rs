//! Searches for the parameters of gradient boosting on a real table, by cross-validation.

mod boosting;
mod table;
mod validation;

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use transfer_nas::study::{MedianPruner, Study};

use boosting::Boosting;
use table::Table;

/// Search for the parameters of gradient boosting that predict the age of abalones best.
#[derive(Debug, Parser)]
struct Arguments {
    /// How many trials the study has, those of earlier runs included.
    #[arg(long, default_value_t = 80)]
    trials: u64,
    /// How many trials are evaluated at once.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
    /// Seeds the search and the sampling of rows and columns.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The file that keeps the study; one that is there is gone on with.
    #[arg(long, value_name = "FILE", default_value = "boosting.db")]
    file: PathBuf,
    /// Where the report is written.
    #[arg(long, value_name = "FILE", default_value = "boosting.html")]
    report: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("boosting: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let table = Arc::new(Table::load()?);
    let seed = arguments.seed;
    let study = Study::open(&arguments.file)?.name("abalone").seed(seed).minimize().pruner(MedianPruner::new());
    let mut study = study.workers(arguments.workers.into()).trials(arguments.trials).build::<Boosting>()?;
    study.enqueue_once(Boosting::default())?;

    let rows = Arc::clone(&table);
    let summary = study.run_trials(move |trial| validation::cross_validate(trial, &rows, seed))?;
    println!("{} trials done, {} pruned, {} failed", summary.done, summary.pruned, summary.failed);

    let best = study.best()?.ok_or("no trial came to its end: see the errors in the report")?;
    println!("{:#?}", best.config);
    println!("mean error of five folds: {:.4}", best.reward);
    for (name, config) in [("default", &Boosting::default()), ("best", &best.config)] {
        println!("error on the test rows, {name}: {:.4}", validation::test(config, &table, seed)?);
    }
    study.report(&arguments.report)?;
    println!("wrote {}", arguments.report.display());
    Ok(())
}
