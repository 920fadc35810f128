//! The config type has changed: does what was learned of the first one help with the second?

use std::path::Path;
use std::sync::Arc;

use transfer_nas::study::Study;

use super::arguments::Arguments;
use super::comparison::{self, Start};
use super::error::Error;
use super::job::{self, Job};
use super::search::AnySearcher;
use super::{v1, v2};

/// Best configs of the first study that `Start::Elites` tries first.
const ELITES: usize = 5;

type First = Study<v1::TrainConfig, AnySearcher<v1::TrainConfig>>;
type Second = Study<v2::TrainConfig, AnySearcher<v2::TrainConfig>>;

/// For each replica a study of the first type, and one of the second type for each start.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let Some(file) = &arguments.file else { return Err("`--transfer` needs a `--file`".into()) };
    let mut all: [Vec<comparison::Rewards>; 3] = Default::default();
    for replica in 0..arguments.replicas {
        let seed = job::seed(arguments.seed, u64::from(replica));
        let job = Job::new(arguments.epochs, seed)?;
        let suffix = if replica == 0 { String::new() } else { format!(" {replica}") };
        let first = search_first(arguments, &format!("mlp{suffix}"), &job)?;
        println!(
            "replica {replica}, seed {seed}, best of the first type: {}",
            percent(first.best()?.map(|best| best.reward))
        );
        for (start, rewards) in Start::ALL.into_iter().zip(&mut all) {
            let mut study = open_second(arguments, file, start, &first, &job)?;
            if replica == 0 && start == Start::Learned {
                print_report(&study)?;
            }
            let job = Arc::clone(&job);
            study.run_trials(move |trial| job.evaluate(trial))?;
            println!("  {:>8}: {}", start.name(), percent(study.best()?.map(|best| best.reward)));
            rewards.push(comparison::rewards(&study)?);
            if let Some(path) = arguments.report.as_ref().filter(|_| replica == 0 && start == Start::Learned) {
                study.report(path)?;
            }
        }
    }
    comparison::print(&all);
    Ok(())
}

fn search_first(arguments: &Arguments, name: &str, job: &Arc<Job>) -> Result<First, Error> {
    let study = arguments.search.study(arguments, name, job)?;
    let job = Arc::clone(job);
    Ok(study.run_trials(move |trial| job.evaluate(trial))?)
}

fn open_second(arguments: &Arguments, file: &Path, start: Start, first: &First, job: &Job) -> Result<Second, Error> {
    let name = format!("{} v2 {}", first.name(), start.name());
    let study = arguments.search.study(arguments, &name, job)?;
    if start == Start::Scratch {
        return Ok(study.build()?);
    }
    let starts = if start == Start::Elites { ELITES } else { 0 };
    Ok(study.warm_start_from(file, first.name())?.starts(starts).build()?)
}

/// What the second study took over.
fn print_report(study: &Second) -> Result<(), Error> {
    if let Some(report) = study.transfer()? {
        println!("{report}");
    }
    Ok(())
}

fn percent(accuracy: Option<f64>) -> String {
    accuracy.map_or_else(|| "no trial has a reward".to_owned(), |accuracy| format!("{:.2} %", 100.0 * accuracy))
}
