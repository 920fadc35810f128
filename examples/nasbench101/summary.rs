//! What is said of the runs of one method.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::arguments::{Arguments, Unique};
use crate::methods::{Method, Run};
use crate::oracle::Oracle;
use crate::spread::{mean, standard_error};
use crate::support::rewards::LearnsFrom;

#[derive(Serialize)]
pub(crate) struct Line {
    example: &'static str,
    method: Method,
    replicas: u32,
    trials: u32,
    /// Trials before the transfer; none where there was no transfer.
    pretrain_trials: u32,
    unique: bool,
    /// Whether the pretraining was without repeats, too.
    pretrain_unique: bool,
    /// The share of neighbours of the best cell so far; zero where the method has none of its own.
    climbing: f64,
    /// What agents learned from.
    rewards: LearnsFrom,
    seed: u64,
    /// What the rewards are.
    data: &'static str,
    /// The mean over replicas of the best test accuracy so far.
    best_at: BTreeMap<u32, f64>,
    /// The standard error of that mean.
    sem_at: BTreeMap<u32, f64>,
    /// The mean over replicas of what is missing to the best cell of all.
    regret_at: BTreeMap<u32, f64>,
    /// The first trial at which the mean reaches the level.
    crossing: BTreeMap<&'static str, Option<usize>>,
    /// The mean over replicas of the accuracy of what is chosen in the end, where finalists are evaluated again.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    chosen_at: BTreeMap<u32, f64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    chosen_sem_at: BTreeMap<u32, f64>,
    /// The share of drawn cells that were valid, where it is known.
    acceptance: Option<f64>,
    /// Replicas that ran out of cells that they had not tried.
    exhausted: usize,
    trials_per_second: f64,
}

const MARKS: [u32; 7] = [20, 50, 100, 200, 300, 500, 1000];
const LEVELS: [(&str, f64); 4] = [("0.935", 0.935), ("0.938", 0.938), ("0.940", 0.940), ("0.942", 0.942)];

pub(crate) fn line(arguments: &Arguments, oracle: &Oracle, method: Method, runs: &[Run], seconds: f64) -> Line {
    let at = |trial: usize| -> Vec<f64> { runs.iter().map(|run| run.best[trial - 1]).collect() };
    let means: Vec<f64> = (1..=arguments.trials as usize).map(|trial| mean(&at(trial))).collect();
    let marks = || MARKS.into_iter().filter(|&trial| trial <= arguments.trials);
    let chosen_at = |trial: u32| -> Vec<f64> { runs.iter().map(|run| run.chosen[trial as usize - 1]).collect() };
    let chosen_marks = || marks().filter(|_| arguments.confirm > 0);
    let best_at = |trial: u32| means[trial as usize - 1];
    let acceptances: Option<Vec<f64>> = runs.iter().map(|run| run.acceptance).collect();
    let crossing = |level: f64| means.iter().position(|&mean| mean >= level).map(|i| i + 1);
    Line {
        example: "nasbench101",
        method,
        replicas: arguments.replicas,
        trials: arguments.trials,
        pretrain_trials: if method.pretraining().is_some() { arguments.pretrain } else { 0 },
        unique: arguments.unique.is_some(),
        pretrain_unique: method.pretraining().is_some() && arguments.unique == Some(Unique::All),
        climbing: if method.climbs() { arguments.climbing } else { 0.0 },
        rewards: arguments.rewards,
        seed: arguments.seed,
        data: oracle.name(),
        best_at: marks().map(|trial| (trial, best_at(trial))).collect(),
        sem_at: marks().map(|trial| (trial, standard_error(&at(trial as usize)))).collect(),
        regret_at: marks().map(|trial| (trial, oracle.best() - best_at(trial))).collect(),
        crossing: LEVELS.into_iter().map(|(name, level)| (name, crossing(level))).collect(),
        chosen_at: chosen_marks().map(|trial| (trial, mean(&chosen_at(trial)))).collect(),
        chosen_sem_at: chosen_marks().map(|trial| (trial, standard_error(&chosen_at(trial)))).collect(),
        acceptance: acceptances.map(|acceptances| mean(&acceptances)),
        exhausted: runs.iter().filter(|run| run.exhausted.is_some()).count(),
        trials_per_second: f64::from(arguments.replicas) * f64::from(arguments.trials) / seconds,
    }
}

pub(crate) fn print(line: &Line) {
    let Line { method, replicas, trials, seed, .. } = line;
    let (repeats, before) = (if line.unique { ", without repeats" } else { "" }, line.pretrain_trials);
    let before = if before > 0 { format!(" after {before} on the small spaces") } else { String::new() };
    println!();
    println!("{}: {replicas} replicas of {trials} trials{before}{repeats}, seed {seed}", method.name());
    println!("{:>8} {:>28}", "trial", "mean best test accuracy ± se");
    for (trial, best) in &line.best_at {
        println!("{trial:>8} {best:>19.5} ± {:.5}", line.sem_at[trial]);
    }
    for (trial, chosen) in &line.chosen_at {
        println!("{trial:>8} {chosen:>19.5} ± {:.5} with the finalists evaluated again", line.chosen_sem_at[trial]);
    }
    for (level, trial) in &line.crossing {
        let trial = trial.map_or_else(|| "not reached".to_owned(), |trial| format!("trial {trial}"));
        println!("{level:>8} {trial:>19}");
    }
    if let Some(acceptance) = line.acceptance {
        println!("{:.0} % of the drawn cells were valid", 100.0 * acceptance);
    }
    if line.exhausted > 0 {
        println!("{} replicas ran out of cells that they had not tried", line.exhausted);
    }
    println!("{:.0} trials a second", line.trials_per_second);
}

/// How far each method is from the first one, replica by replica: both have the same seeds.
pub(crate) fn print_paired(arguments: &Arguments, all: &[(Method, Vec<Run>)]) {
    let Some(((first, reference), others)) = all.split_first().filter(|(_, others)| !others.is_empty()) else { return };
    println!("\n{} less each of the others, mean of the paired differences ± standard error", first.name());
    let paired = |name: &str, of: &dyn Fn(&Run, usize) -> f64, other: &[Run]| {
        print!("{name:<32}");
        for mark in MARKS.into_iter().filter(|&mark| mark <= arguments.trials) {
            let at = mark as usize - 1;
            let differences: Vec<f64> = reference.iter().zip(other).map(|(a, b)| of(a, at) - of(b, at)).collect();
            print!(" {mark}: {:+.5} ± {:.5}", mean(&differences), standard_error(&differences));
        }
        println!();
    };
    for (method, runs) in others {
        paired(method.name(), &|run, at| run.best[at], runs);
        if arguments.confirm > 0 {
            paired(&format!("{}, finalists again", method.name()), &|run, at| run.chosen[at], runs);
        }
    }
}
