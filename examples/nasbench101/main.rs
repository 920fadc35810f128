//! NAS-Bench-101 (paper, Section 4.2): agents from scratch and after transfer, against what the paper compares them with and
//! against stronger controls.
//!
//! ```sh
//! cargo run --release --example nasbench101 -- --table test108.tsv.gz --method scratch,transfer,evolution --plots out
//! ```

mod aim;
mod arguments;
mod error;
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
use std::process::ExitCode;

use aim::Aim;
use arguments::{Arguments, Unique};
use clap::Parser;
use error::Error;
use methods::{Method, Plan, Pretrained, Pretraining, Run};
use oracle::Oracle;
use support::replicas;

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
