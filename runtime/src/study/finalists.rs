//! The configs that were evaluated again in the end of a study: of noisy rewards the highest one is luck, and the best mean holds.

use std::collections::HashMap;

use super::store::{Phase, StudyRecord, TrialRecord};
use crate::search::CONFIRMATION;

/// A config that was evaluated again; see [`StudyBuilder::confirm`](super::StudyBuilder::confirm).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Finalist {
    /// The trial that had it first.
    pub number: u64,
    /// The mean of its rewards.
    pub mean: f64,
    /// Their deviation; 0 of a single one.
    pub deviation: f64,
    /// The lowest and the highest.
    pub range: (f64, f64),
    /// How many they are.
    pub count: usize,
}

impl Finalist {
    fn of(number: u64, rewards: &[f64]) -> Self {
        let count = rewards.len();
        // Each divided first: sums of large rewards are no numbers.
        let mean = rewards.iter().map(|reward| reward / count as f64).sum::<f64>();
        let squares = rewards.iter().map(|reward| (reward - mean).powi(2)).sum::<f64>();
        let range = rewards
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), &reward| (least.min(reward), most.max(reward)));
        Self { number, mean, deviation: (squares / count.saturating_sub(1).max(1) as f64).sqrt(), range, count }
    }
}

/// Of the trials that are configs of the type as it is.
pub(super) fn finalists(trials: &[TrialRecord], study: &StudyRecord) -> Vec<Finalist> {
    let trials = || trials.iter().filter(|trial| trial.space == study.space);
    let key = |trial: &TrialRecord| (trial.decisions.clone(), trial.task.clone());
    let confirmed = trials().filter(|trial| trial.origin.as_deref() == Some(CONFIRMATION));
    let mut rewards: HashMap<_, Vec<(u64, f64)>> = confirmed.map(|trial| (key(trial), Vec::new())).collect();
    if rewards.is_empty() {
        return Vec::new();
    }
    for trial in trials().filter(|trial| trial.phase == Phase::Done) {
        if let (Some(known), Some(reward)) = (rewards.get_mut(&key(trial)), trial.reward) {
            known.push((trial.number, reward));
        }
    }
    let finalist = |known: &Vec<(u64, f64)>| {
        let rewards: Vec<f64> = known.iter().map(|(_, reward)| *reward).collect();
        known.iter().map(|(number, _)| *number).min().map(|number| Finalist::of(number, &rewards))
    };
    let mut all: Vec<Finalist> = rewards.values().filter_map(finalist).collect();
    let most = all.iter().map(|finalist| finalist.count).max().unwrap_or_default();
    let worth = |finalist: &Finalist| study.direction.sign() * finalist.mean;
    all.sort_by(|a, b| {
        let rarely = |finalist: &Finalist| finalist.count <= most / 2;
        let order = rarely(a).cmp(&rarely(b)).then(worth(b).total_cmp(&worth(a)));
        order.then(a.number.cmp(&b.number))
    });
    all
}

/// The best trial of those that are configs of the type as it is: of the config that was confirmed as the best, the first; where there
/// were no confirmations, that of the best reward, the earliest of equals.
pub(super) fn best<'a>(trials: &'a [TrialRecord], study: &StudyRecord) -> Option<&'a TrialRecord> {
    if let Some(best) = finalists(trials, study).first() {
        return trials.iter().find(|trial| trial.number == best.number);
    }
    let is_done = |trial: &&TrialRecord| trial.phase == Phase::Done && trial.reward.is_some();
    let is_better = |trial: &TrialRecord, best: &TrialRecord| {
        trial.reward.zip(best.reward).is_some_and(|(a, b)| study.direction.is_better(a, b))
    };
    let done = trials.iter().filter(|trial| trial.space == study.space).filter(is_done);
    done.reduce(|best, trial| if is_better(trial, best) { trial } else { best })
}
