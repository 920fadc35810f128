//! The ways to search, side by side: how good is each one after how many trials?

use std::sync::Arc;

use rayon::prelude::*;

use super::arguments::{Arguments, Search};
use super::comparison::{Rewards, rewards};
use super::error::Error;
use super::job::{self, Job};
use super::recipe::Trainable;
use super::spread::{mean, standard_error};
use super::v1;

/// How many trials the rows of the table are after, as far as there are so many.
const AFTER: [usize; 7] = [5, 10, 20, 30, 40, 60, 80];

/// The best accuracy so far, after each trial.
type Curve = Vec<f64>;

/// One study that has ended.
#[derive(Debug)]
struct Searched {
    curve: Curve,
    /// The accuracy of the best network on the test digits.
    test: Option<f64>,
}

/// A study of each search for each replica, as many at once as there are workers, then the table.
///
/// Each study evaluates one trial after the other, so that a search knows of all trials before when it proposes the next one.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.workers).build()?;
    let replicas: Vec<u32> = (0..arguments.replicas).collect();
    let studies = |search: Search| -> Result<Vec<Searched>, Error> {
        pool.install(|| replicas.par_iter().map(|replica| search_once(arguments, search, *replica)).collect())
    };
    let [bayesian, agent, random] = Search::ALL.map(studies);
    print(&[bayesian?, agent?, random?]);
    Ok(())
}

fn search_once(arguments: &Arguments, search: Search, replica: u32) -> Result<Searched, Error> {
    let job = Job::new(arguments.epochs, job::seed(arguments.seed, u64::from(replica)))?;
    let name = format!("mlp {} {replica}", search.name());
    let study = search.study::<v1::TrainConfig>(arguments, &name, &job)?.workers(1).quiet().ctrl_c(false);
    let worker = Arc::clone(&job);
    let study = study.run_trials(move |trial| worker.evaluate(trial))?;
    let best = study.best_trial()?.and_then(|best| Some((best.config?.recipe(), best.number)));
    let test = best.map(|(recipe, number)| job.test(&recipe, number)).transpose()?;
    Ok(Searched { curve: curve(&rewards(&study)?), test })
}

/// 0 until there is a reward.
fn curve(rewards: &Rewards) -> Curve {
    let mut best = 0.0_f64;
    let so_far = |reward: &Option<f64>| {
        best = best.max(reward.unwrap_or(0.0));
        best
    };
    rewards.iter().map(so_far).collect()
}

/// The best accuracy of each search after some trials, and when each one has what the agent has in the end.
fn print(all: &[Vec<Searched>; 3]) {
    let curves = all.each_ref().map(|studies| studies.iter().map(|study| &study.curve).collect::<Vec<_>>());
    let trials = curves.iter().flatten().map(|curve| curve.len()).min().unwrap_or(0);
    println!("best accuracy in % on validation digits, mean ± standard error of {} seeds", all[0].len());
    println!("{:>7} {}", "trials", row(Search::ALL.map(|search| search.name().to_owned())));
    for after in AFTER.into_iter().filter(|after| *after < trials).chain([trials]).filter(|after| *after > 0) {
        let after_so_many = |curves: &Vec<&Curve>| cell(curves.iter().map(|curve| curve[after - 1]));
        println!("{after:>7} {}", row(curves.each_ref().map(after_so_many)));
    }
    println!("the best network of all, on test digits:");
    println!("{:>7} {}", "", row(all.each_ref().map(|studies| cell(studies.iter().filter_map(|study| study.test)))));
    let means = curves.each_ref().map(|curves| means(curves, trials));
    let Some(level) = means[Search::Agent as usize].last() else { return };
    println!("the first trial after which the mean is {:.2} %, the agent's after {trials}:", 100.0 * level);
    println!("{:>7} {}", "", row(means.each_ref().map(|means| first(means, *level))));
}

fn row(cells: [String; 3]) -> String {
    cells.map(|cell| format!("{cell:>16}")).join(" ")
}

fn cell(values: impl Iterator<Item = f64>) -> String {
    let values: Vec<f64> = values.collect();
    format!("{:.2} ± {:.2}", 100.0 * mean(&values), 100.0 * standard_error(&values))
}

fn means(curves: &[&Curve], trials: usize) -> Curve {
    (0..trials).map(|i| mean(&curves.iter().map(|curve| curve[i]).collect::<Vec<_>>())).collect()
}

fn first(means: &[f64], level: f64) -> String {
    // Equal sums of other numbers may differ in the last bits.
    let reached = means.iter().position(|mean| *mean >= level - 1e-9);
    reached.map_or_else(|| "not reached".to_owned(), |i| (i + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_passes_over_trials_without_a_reward() {
        assert_eq!(curve(&vec![None, Some(0.5), Some(0.25), None, Some(0.75)]), [0.0, 0.5, 0.5, 0.5, 0.75]);
    }

    #[test]
    fn a_level_is_one_of_the_mean() {
        let means = means(&[&vec![0.0, 0.5, 1.0], &vec![0.5, 0.5, 0.5]], 3);
        assert_eq!(means, [0.25, 0.5, 0.75]);
        assert_eq!([first(&means, 0.5), first(&means, 0.8)], ["2", "not reached"]);
    }

    #[test]
    fn the_error_is_that_of_the_mean() {
        assert!(standard_error(&[0.5]).abs() < 1e-12);
        assert!((standard_error(&[0.0, 1.0]) - 0.5).abs() < 1e-12);
    }
}
