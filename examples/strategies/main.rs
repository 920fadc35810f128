//! Which strategy when: each over the same small problems, with and without noise, by what is still missing to the best after 20 to
//! 300 trials.
//!
//! ```sh
//! cargo run --release --example strategies
//! cargo run --release --example strategies -- --replicas 20 --noise 0,0.1
//! ```

mod arguments;
mod error;
mod problems;
mod runs;
#[path = "../support/spread.rs"]
mod spread;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod tpe_search;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Which};
use error::Error;
use problems::{ChainProblem, ParityProblem, PipelineProblem, TrapProblem};
use runs::Plan;
use table::Cell;

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
