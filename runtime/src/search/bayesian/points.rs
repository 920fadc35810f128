//! The trials that are remembered: as many as the belief can rest on, and those that are pending.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use rand_pcg::Pcg64;

use super::sites::Row;
use super::targets::{Targets, View};
use super::taught::Taught;
use crate::policy::Pair;
use crate::space::Trace;
use crate::train::Outcome;
use crate::train::several::front::{best_first, dominates};
use crate::train::several::scalar::Weights;

/// The most trials that are held once the weights are fitted again.
pub(super) const HELD: usize = 300;
/// The most pending trials that are known of.
pub(super) const PENDING: usize = 256;

/// A config that was told, with what it earned.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) pair: Pair,
    pub(super) trace: Trace,
    pub(super) row: Row,
    pub(super) key: u128,
    /// The mean of its rewards, or else its last end.
    pub(super) outcome: Outcome,
    /// The same as the belief is asked about it now: of several objectives one number.
    pub(super) scalarized: Outcome,
    /// How many rewards that is the mean of; 1 where there is none.
    pub(super) count: u32,
    /// Among those that are not the best, the ones with the least of these are held: a fair sample of all, whatever came when.
    pub(super) lot: u64,
}

/// A config that was proposed, and of whose end nothing is known.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) pair: Pair,
    pub(super) trace: Trace,
    pub(super) row: Row,
    pub(super) key: u128,
}

/// The best reward of a pair, and how long ago that was.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Progress {
    pub(super) best: Option<f64>,
    /// Trials told since the best one.
    pub(super) stalled: u64,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Points {
    /// In the order in which they were told.
    pub(super) told: Vec<Point>,
    /// In the order in which they were proposed.
    pub(super) pending: Vec<Waiting>,
    pub(super) progress: BTreeMap<Pair, Progress>,
    /// Trials of other searches.
    pub(super) taught: Taught,
}

/// What is predicted of configs, where that is more than one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Output {
    /// The value of an objective.
    Objective(usize),
    /// How much is left of the limits, pressed together far from 0.
    Limits,
}

/// The share of a limit at which what is left of it begins to be pressed together is one of so many.
const NEAR: f64 = 4.0;
/// As far beyond a limit as can be.
const FAR: f64 = 1e100;

/// What a new outcome was of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    New,
    /// A config that is held: its row in the belief stays, with less noise.
    Again,
}

/// A config to be changed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Base<'a> {
    pub(super) trace: &'a Trace,
    pub(super) row: &'a Row,
    pub(super) key: u128,
}

impl Point {
    /// As a config to be changed.
    pub(super) fn base(&self) -> Base<'_> {
        Base { trace: &self.trace, row: &self.row, key: self.key }
    }

    fn add(&mut self, outcome: Outcome) {
        let share = 1.0 / (f64::from(self.count) + 1.0);
        let mean = |mean: f64, new: f64| mean * (1.0 - share) + new * share;
        match (self.outcome, outcome) {
            (Outcome::Reward(before), Outcome::Reward(reward)) => {
                self.outcome = Outcome::Reward(mean(before, reward));
                self.count = self.count.saturating_add(1);
            }
            (Outcome::Scores(before), Outcome::Scores(new)) if before.values().len() == new.values().len() => {
                self.outcome = Outcome::Scores(before.with(&new, mean));
                self.count = self.count.saturating_add(1);
            }
            // What was measured otherwise, or of what was only known that it exceeds a limit, takes the place of that.
            (Outcome::Reward(_) | Outcome::Scores(_), Outcome::Reward(_) | Outcome::Scores(_)) => {
                (self.outcome, self.count) = (outcome, 1);
            }
            (Outcome::Reward(_) | Outcome::Scores(_), _) => {}
            _ => self.outcome = outcome,
        }
        self.scalarized = self.outcome.plain();
    }

    /// By how much a limit is exceeded, or how much is left.
    pub(super) fn excess(&self) -> Option<f64> {
        let Outcome::Scores(scores) = self.outcome else { return None };
        scores.excess()
    }

    /// One of what is predicted of it; a failure where it has none.
    fn output(&self, output: Output) -> Outcome {
        let values = match &self.outcome {
            Outcome::Reward(reward) => std::slice::from_ref(reward),
            // What exceeds a limit has values all the same.
            Outcome::Scores(scores) => scores.values(),
            _ => &[],
        };
        let number = match output {
            Output::Objective(place) => values.get(place).copied(),
            // What is near the limit matters more than what is far away. Of what says nothing of limits it is not known, and it is at them.
            Output::Limits => match self.excess() {
                Some(excess) => Some(-excess.signum() * (NEAR * excess.abs().min(FAR)).ln_1p()),
                None => (!matches!(self.outcome, Outcome::Failed { .. })).then_some(0.0),
            },
        };
        match (number, output, self.outcome) {
            (Some(number), ..) => Outcome::Reward(number),
            // By its place among the others.
            (None, Output::Objective(0), pruned @ Outcome::Pruned { .. }) => pruned,
            (None, ..) => Outcome::FAILED,
        }
    }

    /// The variance of the noise of its mean reward, beside that of one reward.
    pub(super) fn noise(&self) -> f64 {
        1.0 / f64::from(self.count.max(1))
    }
}

impl Points {
    /// Takes in how a config ended.
    pub(super) fn tell(&mut self, point: Point) -> Entered {
        self.forget(point.key);
        let progress = self.progress.entry(point.pair).or_default();
        progress.stalled = progress.stalled.saturating_add(1);
        let reward = point.outcome.reward();
        if reward.is_some_and(|reward| progress.best.is_none_or(|best| reward > best)) {
            (progress.best, progress.stalled) = (reward, 0);
        } else if self.is_on_front(&point)
            && let Some(progress) = self.progress.get_mut(&point.pair)
        {
            progress.stalled = 0;
        }
        if let Some(known) = self.told.iter_mut().find(|known| known.key == point.key) {
            known.add(point.outcome);
            return Entered::Again;
        }
        self.told.push(point);
        Entered::New
    }

    /// How many objectives the trials of a pair have, where these are several.
    pub(super) fn objectives(&self, pair: Pair) -> Option<usize> {
        self.of(pair).find_map(|place| self.told[place].outcome.objectives())
    }

    /// Has the several objectives of each pair made one number with weights drawn anew.
    pub(super) fn see_anew(&mut self, rng: &mut Pcg64) {
        self.see(|objectives| Weights::draw(objectives, rng));
    }

    /// Has the several objectives of each pair made one number with the same weight each.
    pub(super) fn see_alike(&mut self) {
        self.see(Weights::alike);
    }

    fn see(&mut self, mut weights: impl FnMut(usize) -> Weights) {
        let pairs: Vec<Pair> = self.progress.keys().copied().collect();
        for pair in pairs {
            let Some(objectives) = self.objectives(pair) else { continue };
            let places: Vec<usize> = self.of(pair).collect();
            let outcomes: Vec<Outcome> = places.iter().map(|&place| self.told[place].outcome).collect();
            let scalarized = weights(objectives).see(&outcomes);
            places.into_iter().zip(scalarized).for_each(|(place, scalarized)| self.told[place].scalarized = scalarized);
        }
    }

    /// Whether nothing that is held dominates a point of several objectives.
    fn is_on_front(&self, point: &Point) -> bool {
        let Some(values) = point.outcome.values().filter(|values| values.len() > 1) else { return false };
        let is_no_better = |place: usize| {
            let other = self.told[place].outcome.values();
            other.is_none_or(|other| other != values && !dominates(other, values))
        };
        self.of(point.pair).all(is_no_better)
    }

    /// The places of a pair's where these have several objectives: those of the front first, and of each layer those with the most room.
    fn by_standing(&self, pair: Pair) -> Option<Vec<usize>> {
        self.objectives(pair)?;
        let places: Vec<usize> = self.of(pair).collect();
        let outcomes: Vec<Outcome> = places.iter().map(|&place| self.told[place].outcome).collect();
        Some(best_first(&outcomes).into_iter().map(|at| places[at]).collect())
    }

    /// Notes a proposal; whether others are not known of any more.
    pub(super) fn wait(&mut self, waiting: Waiting) -> bool {
        let before = self.pending.len();
        self.forget(waiting.key);
        if self.pending.len() == PENDING {
            self.pending.remove(0);
        }
        let is_less = self.pending.len() < before;
        self.pending.push(waiting);
        is_less
    }

    /// Nothing is known of a config that was proposed any more; whether it was pending.
    pub(super) fn forget(&mut self, key: u128) -> bool {
        let before = self.pending.len();
        self.pending.retain(|waiting| waiting.key != key);
        self.pending.len() < before
    }

    /// How many trials of a pair were proposed or told, as far as they are held.
    pub(super) fn begun(&self, pair: Pair) -> usize {
        let pending = self.pending.iter().filter(|waiting| waiting.pair == pair).count();
        self.of(pair).count() + pending
    }

    /// The places of those that were told of a pair.
    pub(super) fn of(&self, pair: Pair) -> impl Iterator<Item = usize> {
        self.told.iter().enumerate().filter(move |(_, point)| point.pair == pair).map(|(place, _)| place)
    }

    /// The places of a pair's, best first; of equals the earlier one.
    pub(super) fn ranked(&self, pair: Pair) -> Vec<usize> {
        let mut ranked: Vec<usize> = self.of(pair).collect();
        ranked.sort_by(|&a, &b| self.compare(b, a));
        ranked
    }

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let merit = |place: usize| self.told[place].scalarized.merit();
        match (merit(a), merit(b)) {
            (Some(a), Some(b)) => a.compare(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        }
    }

    /// What was told as the belief is fitted to it, each pair on its own scale; and the scale of each pair.
    pub(super) fn targets(&self, view: View) -> (Vec<f64>, HashMap<Pair, Targets>) {
        self.targets_by(|point| point.scalarized, view)
    }

    fn targets_by(&self, see: impl Fn(&Point) -> Outcome, view: View) -> (Vec<f64>, HashMap<Pair, Targets>) {
        let (mut all, mut scales) = (vec![0.0; self.told.len()], HashMap::new());
        for &pair in self.progress.keys() {
            let places: Vec<usize> = self.of(pair).collect();
            let outcomes: Vec<Outcome> = places.iter().map(|&place| see(&self.told[place])).collect();
            let targets = Targets::of(&outcomes, view);
            places.iter().zip(&targets.values).for_each(|(&place, &value)| all[place] = value);
            scales.insert(pair, targets);
        }
        (all, scales)
    }

    /// What is predicted of each config, where that is more than one number; nothing where one is enough, and where trials of other
    /// searches are known, of which there is one number only.
    pub(super) fn outputs(&self) -> Vec<Output> {
        let objectives = self.told.iter().filter_map(|point| point.outcome.objectives()).max().unwrap_or(1);
        let has_limits = self.told.iter().any(|point| point.excess().is_some());
        if !self.taught.is_empty() || (objectives == 1 && !has_limits) {
            return Vec::new();
        }
        (0..objectives).map(Output::Objective).chain(has_limits.then_some(Output::Limits)).collect()
    }

    /// As [`targets`](Self::targets), of one of what is predicted; what is left of limits is always taken whole. Trials without it stand
    /// below all others.
    pub(super) fn targets_of(&self, output: Output, view: View) -> (Vec<f64>, HashMap<Pair, Targets>) {
        let view = if output == Output::Limits { View::Whole } else { view };
        self.targets_by(|point| point.output(output), view)
    }

    /// Keeps as many as may be held: of each pair the best half, and of the others a fair sample.
    pub(super) fn thin(&mut self) {
        let quota = (HELD / self.progress.len().max(1)).max(2);
        let mut retained = vec![true; self.told.len()];
        for &pair in self.progress.keys() {
            let ranked = self.by_standing(pair).unwrap_or_else(|| self.ranked(pair));
            if ranked.len() <= quota {
                continue;
            }
            let mut rest = ranked[quota / 2..].to_vec();
            rest.sort_by_key(|&place| self.told[place].lot);
            rest[quota - quota / 2..].iter().for_each(|&place| retained[place] = false);
        }
        let mut retained = retained.into_iter();
        self.told.retain(|_| retained.next().unwrap_or(true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Pair = Pair { space: 0, task: 0 };

    fn point(key: u128, reward: f64, lot: u64) -> Point {
        let trace = Trace(vec![key as u32]);
        let outcome = Outcome::Reward(reward);
        Point { pair: PAIR, trace, row: Row::new(), key, outcome, scalarized: outcome, count: 1, lot }
    }

    #[test]
    fn a_config_told_again_has_the_mean_of_its_rewards() {
        let mut points = Points::default();
        assert_eq!(points.tell(point(1, 0.5, 0)), Entered::New);
        assert_eq!(points.tell(point(1, 1.0, 0)), Entered::Again);
        assert_eq!(points.told[0].outcome, Outcome::Reward(0.75));
        assert!((points.told[0].noise() - 0.5).abs() < 1e-12);
    }

    #[test]
    fn what_is_held_is_the_best_half_and_a_sample_of_the_rest() {
        let mut points = Points::default();
        for i in 0..1000u32 {
            // Lots in an order that has nothing to do with the rewards.
            points.tell(point(u128::from(i), f64::from(i), u64::from(i * 7919 % 1000)));
            if i % 25 == 0 {
                points.thin();
            }
        }
        points.thin();
        assert_eq!(points.told.len(), HELD);
        let rewards: Vec<f64> = points.told.iter().filter_map(|point| point.outcome.reward()).collect();
        assert_eq!(rewards.iter().filter(|&&reward| reward >= 850.0).count(), 150);
        // Of the 850 others those with the 150 smallest lots.
        let mut lots: Vec<u32> = (0..850u32).map(|i| i * 7919 % 1000).collect();
        lots.sort_unstable();
        let held = |key: u128| key as u32 * 7919 % 1000 <= lots[149];
        assert!(points.told.iter().filter(|point| point.key < 850).all(|point| held(point.key)));
    }

    #[test]
    fn a_stall_ends_with_something_better() {
        let mut points = Points::default();
        for (key, reward, stalled) in [(1, 0.5, 0), (2, 0.4, 1), (3, 0.5, 2), (4, 0.6, 0)] {
            points.tell(point(key, reward, 0));
            assert_eq!(points.progress[&PAIR].stalled, stalled);
        }
    }
}
