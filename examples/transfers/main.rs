//! Whether a search pays that begins with what an older one learned: a standing bench of transfers between versions of a config type,
//! where the best value is known, by what is still missing to it after 10 to 100 trials.
//!
//! ```sh
//! cargo run --release --example transfers
//! cargo run --release --example transfers -- --case same,opposed --replicas 50
//! ```

mod arguments;
mod cases;
mod correlation;
mod error;
mod learning;
mod listed;
mod meaning;
mod objective;
mod rewards;
mod runs;
mod searches;
#[path = "../support/spread.rs"]
mod spread;
#[path = "../support/mod.rs"]
mod support;
mod table;
mod types;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;
use cases::Case;
use error::Error;
use runs::{Plan, Replica};
use table::Block;
use types::{clipped, fewer, renamed, three, whole};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("transfers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let mut blocks = Vec::new();
    if !arguments.json {
        table::introduce();
    }
    for &case in &arguments.case {
        let plan = Plan {
            case,
            methods: &arguments.method,
            replicas: arguments.replicas as usize,
            trials: arguments.trials as usize,
            source_trials: arguments.source_trials as usize,
            seed: arguments.seed,
        };
        let block = Block::new(&plan, &replicas(&plan)?);
        if arguments.json {
            for line in block.lines() {
                println!("{}", serde_json::to_string(&line)?);
            }
        } else {
            block.print();
        }
        blocks.push(block);
    }
    if !arguments.json {
        table::sum_up(&blocks);
    }
    Ok(())
}

/// The types of each case: what the sources searched, and what is searched now.
fn replicas(plan: &Plan<'_>) -> Result<Vec<Replica>, Error> {
    match plan.case {
        Case::Actions => runs::all::<fewer::Training, whole::Training>(plan),
        Case::State => runs::all::<whole::Training, clipped::Training>(plan),
        Case::Renamed => runs::all::<whole::Training, renamed::Training>(plan),
        Case::Variant => runs::all::<three::Training, whole::Training>(plan),
        Case::Same | Case::Scale | Case::Noise | Case::Unrelated | Case::Opposed | Case::Many => {
            runs::all::<whole::Training, whole::Training>(plan)
        }
    }
}
