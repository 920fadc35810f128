//! Which strategy when: each over the same small problems, with and without noise, by what is still missing to the best after 20 to
//! 300 trials.
//!
//! ```sh
//! cargo run --release --example strategies
//! cargo run --release --example strategies -- --replicas 20 --noise 0,0.1
//! ```

mod problems;
mod runs;
#[path = "../support/spread.rs"]
mod spread;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod tpe_search;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use problems::{ChainProblem, ParityProblem, PipelineProblem, TrapProblem};
use runs::{Method, Plan};
use table::Cell;

/// Compare strategies on synthetic conditional problems.
#[derive(Debug, Parser)]
struct Arguments {
    /// The strategies.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Method::value_variants().iter().copied())]
    method: Vec<Method>,
    /// The problems.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Which::value_variants().iter().copied())]
    problem: Vec<Which>,
    /// Runs of each strategy on each problem, each with a seed and an instance of its own.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicas: u32,
    /// Trials of each run.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    trials: u32,
    /// Deviations of normal noise on each reward, in units of the distance from a random config's median to the best.
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 0.1])]
    noise: Vec<f64>,
    /// Seeds all replicas.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Prints one JSON object a row and nothing else.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// A chain of 60 decisions.
    Chain,
    /// Deceptive traps.
    Traps,
    /// A pipeline with branches.
    Pipeline,
    /// Parity of 12 bits.
    Parity,
}

type Error = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("strategies: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let mut cells = Vec::new();
    for &noise in &arguments.noise {
        for &problem in &arguments.problem {
            for &method in &arguments.method {
                let plan = Plan {
                    method,
                    noise,
                    replicas: arguments.replicas as usize,
                    trials: arguments.trials as usize,
                    seed: arguments.seed,
                };
                let (name, regrets) = match problem {
                    Which::Chain => runs::all::<ChainProblem>(&plan)?,
                    Which::Traps => runs::all::<TrapProblem>(&plan)?,
                    Which::Pipeline => runs::all::<PipelineProblem>(&plan)?,
                    Which::Parity => runs::all::<ParityProblem>(&plan)?,
                };
                cells.push(Cell { problem: name, noise, method, regrets });
                if let (Some(cell), true) = (cells.last(), arguments.json) {
                    println!("{}", serde_json::to_string(&cell.line())?);
                }
            }
        }
    }
    if !arguments.json {
        table::print(&cells);
    }
    Ok(())
}
