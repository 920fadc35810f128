//! A search whose space is Rust types and whose objective is a Python script: `train.py` beside this file.
//!
//! This program owns the space and leads the study; the script runs in `transfer-nas worker` processes, on this machine or others. The
//! README beside this file has the commands.

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use transfer_nas::prelude::*;
use transfer_nas::study::{MedianPruner, Program, Study, location};

/// How a network for handwritten digits of 8 x 8 pixels is built and trained.
#[search_space]
#[derive(Debug)]
struct Training {
    network: Network,
    optimizer: Optimizer,
    #[space(range = 1e-4..=1e-1, bins = 13, log)]
    learning_rate: f64,
    #[space(choices = [16, 32, 64, 128])]
    batch: u32,
}

#[search_space]
#[derive(Debug)]
struct Network {
    #[space(len = 1..=3)]
    layers: Vec<Layer>,
    activation: Activation,
}

#[search_space]
#[derive(Debug)]
struct Layer {
    #[space(choices = [16, 32, 64, 128])]
    width: u32,
    #[space(choices = [0.0, 0.1, 0.3, 0.5])]
    dropout: f64,
}

#[search_space]
#[derive(Debug)]
enum Activation {
    Relu,
    Tanh,
}

#[search_space]
#[derive(Debug)]
enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.5, 0.9])]
        momentum: f64,
    },
    Adam,
}

/// Leads a search for a digit classifier that is trained by a Python script.
#[derive(Parser)]
struct Arguments {
    /// The SQLite file or the address of the PostgreSQL database of the study.
    #[arg(long, default_value = "digits.db")]
    store: PathBuf,
    /// How many trials the study has.
    #[arg(long, default_value_t = 40)]
    trials: u64,
    /// How many scripts run in this process, too; with 0 all run in workers elsewhere.
    #[arg(long, default_value_t = 0)]
    workers: usize,
    /// How many epochs each training has.
    #[arg(long, default_value_t = 12)]
    epochs: u32,
    /// What runs the script.
    #[arg(long, default_value = "python3")]
    python: String,
    /// After how many seconds without a heartbeat a worker's trials go to others.
    #[arg(long, default_value_t = 30.0)]
    abandon_after: f64,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Where the report goes.
    #[arg(long)]
    report: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pytorch_worker/train.py");
    let store = location::open(&arguments.store)?;
    let builder = Study::in_store(store).name("digits").seed(arguments.seed).trials(arguments.trials);
    let builder = builder.pruner(MedianPruner::new().startup(5).warmup(3)).workers(arguments.workers);
    let builder = builder.abandon_after(Duration::try_from_secs_f64(arguments.abandon_after)?);
    let mut study = builder.retries(1).build::<Training>()?;
    let train = Program::new(&arguments.python).arg(script).args(["--epochs", &arguments.epochs.to_string()]);
    let summary = study.run_command(train)?;
    println!("{} done, {} pruned, {} failed", summary.done, summary.pruned, summary.failed);
    if let Some(best) = study.best()? {
        println!("{:.4} with {:#?}", best.reward, best.config);
    }
    if let Some(report) = arguments.report {
        study.report(report)?;
    }
    Ok(())
}
