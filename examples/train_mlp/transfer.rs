//! The config type has changed: does what was learned of the first one help with the second?

use std::path::Path;
use std::sync::Arc;

use transfer_nas::prelude::*;
use transfer_nas::study::{Phase, Study};

use super::comparison;
use super::job::{self, Job};
use super::{Arguments, Error, v1, v2};

/// Best configs of the first study that `Start::Elites` tries first.
const ELITES: usize = 5;

/// How the second study begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// From nothing.
    Scratch,
    /// With the policy of the first study.
    Policy,
    /// With the policy, and with the first study's best configs as the first trials.
    Elites,
}

impl Start {
    pub(crate) const ALL: [Self; 3] = [Self::Scratch, Self::Policy, Self::Elites];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Policy => "policy",
            Self::Elites => "elites",
        }
    }
}

type First = Study<v1::TrainConfig, Agent<v1::TrainConfig>>;
type Second = Study<v2::TrainConfig, Agent<v2::TrainConfig>>;

/// For each replica a study of the first type, and one of the second type for each start.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let Some(file) = &arguments.file else { return Err("`--transfer` needs a `--file`".into()) };
    let mut all: [Vec<comparison::Rewards>; 3] = Default::default();
    for replica in 0..arguments.replicas {
        let seed = job::seed(arguments.seed, u64::from(replica));
        let job = Job::new(arguments.epochs, seed)?;
        let suffix = if replica == 0 { String::new() } else { format!(" {replica}") };
        let first = search_first(arguments, &format!("mlp{suffix}"), seed, &job)?;
        println!(
            "replica {replica}, seed {seed}, best of the first type: {}",
            percent(first.best()?.map(|best| best.reward))
        );
        for (start, rewards) in Start::ALL.into_iter().zip(&mut all) {
            let mut study = open_second(arguments, file, start, &first, seed)?;
            if replica == 0 && start == Start::Policy {
                print_report(&study)?;
            }
            let job = Arc::clone(&job);
            study.run_trials(move |trial| job.evaluate(trial))?;
            println!("  {:>8}: {}", start.name(), percent(study.best()?.map(|best| best.reward)));
            let reward = |trial: transfer_nas::study::TrialRow<_>| trial.reward.filter(|_| trial.phase == Phase::Done);
            rewards.push(study.trials()?.into_iter().map(reward).collect());
            if let Some(path) = arguments.report.as_ref().filter(|_| replica == 0 && start == Start::Policy) {
                study.report(path)?;
            }
        }
    }
    comparison::print(&all);
    Ok(())
}

fn search_first(arguments: &Arguments, name: &str, seed: u64, job: &Arc<Job>) -> Result<First, Error> {
    let agent = Agent::builder().seed(seed).build()?;
    let job = Arc::clone(job);
    Ok(job::study(arguments, name)?.agent(agent).run_trials(move |trial| job.evaluate(trial))?)
}

fn open_second(arguments: &Arguments, file: &Path, start: Start, first: &First, seed: u64) -> Result<Second, Error> {
    let agent = Agent::<v2::TrainConfig>::builder().seed(seed).build()?;
    let name = format!("{} v2 {}", first.name(), start.name());
    let study = job::study(arguments, &name)?.agent(agent);
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
