//! What a trial costs against the length of the chain: its time, and the memory of the process, for chains of 10 to 400
//! decisions of 2 to 50 actions.
//!
//! ```sh
//! cargo run --release --example chains
//! cargo run --release --example chains -- --lengths 10,26,100 --actions 10 --plots plots
//! cargo run --release --example chains -- --attention full
//! ```

mod arguments;
mod chain;
mod error;
mod figure;
mod measure;

use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;

use arguments::{Arguments, Mode};
use chain::Chain;
use error::Error;
use measure::Point;

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
