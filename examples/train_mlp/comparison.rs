//! Several ways to search, side by side.

use transfer_nas::search::Searcher;
use transfer_nas::study::{Phase, Study, TrialRow};

use super::error::Error;
use super::recipe::Trainable;
use super::spread::mean;

/// How the second study begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    /// From nothing.
    Scratch,
    /// With what the first study learned: an agent's policy, or which decisions count for a Gaussian process.
    Learned,
    /// With what it learned, and with the first study's best configs as the first trials.
    Elites,
}

impl Start {
    pub(crate) const ALL: [Self; 3] = [Self::Scratch, Self::Learned, Self::Elites];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scratch => "scratch",
            Self::Learned => "learned",
            Self::Elites => "elites",
        }
    }
}

/// The rewards of a study in order of its trials; those that failed or were pruned have none.
pub(crate) type Rewards = Vec<Option<f64>>;

pub(crate) fn rewards<T: Trainable, S: Searcher<T>>(study: &Study<T, S>) -> Result<Rewards, Error> {
    let reward = |trial: TrialRow<T>| trial.reward.filter(|_| trial.phase == Phase::Done);
    Ok(study.trials()?.into_iter().map(reward).collect())
}

/// How many trials the rows of the table are after, as far as there are so many.
const AFTER: [usize; 8] = [5, 10, 20, 40, 60, 100, 200, 400];

/// A table: after so many trials, the best reward so far and the mean one, each as mean and standard deviation over the replicas.
pub(crate) fn print(all: &[Vec<Rewards>; 3]) {
    let trials = all.iter().flatten().map(Vec::len).min().unwrap_or(0);
    let replicas = all[0].len();
    println!("accuracy in % on validation digits, mean ± standard deviation of {replicas} replicas");
    println!("{:>7} {:>8} {:>16} {:>16} {:>10}", "trials", "start", "best so far", "mean", "no reward");
    for after in AFTER.into_iter().filter(|after| *after < trials).chain([trials]) {
        for (start, runs) in Start::ALL.into_iter().zip(all) {
            let figure = |figure: fn(&[f64]) -> f64| {
                let of_run = |run: &Rewards| figure(&run[..after].iter().flatten().copied().collect::<Vec<_>>());
                Spread::of(&runs.iter().map(of_run).filter(|value| value.is_finite()).collect::<Vec<_>>())
            };
            let missing = runs.iter().flat_map(|run| &run[..after]).filter(|reward| reward.is_none()).count();
            let (best, mean) = (figure(best), figure(mean));
            println!("{after:>7} {:>8} {best:>16} {mean:>16} {missing:>10}", start.name());
        }
    }
}

fn best(rewards: &[f64]) -> f64 {
    rewards.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

/// A mean and a standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Self {
        let mean = mean(values);
        let square: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Self { mean, deviation: (square / (values.len() as f64 - 1.0).max(1.0)).sqrt() }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(&format!("{:.2} ± {:.2}", 100.0 * self.mean, 100.0 * self.deviation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_of_a_sample() {
        assert_eq!(Spread::of(&[0.5]), Spread { mean: 0.5, deviation: 0.0 });
        let spread = Spread::of(&[0.5, 0.7, 0.9]);
        assert!((spread.mean - 0.7).abs() < 1e-12 && (spread.deviation - 0.2).abs() < 1e-12);
        assert_eq!(spread.to_string(), "70.00 ± 20.00");
    }
}
