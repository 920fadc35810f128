//! Which trial is the best, however rewards come and go.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Phase, TrialRecord};
use crate::train::Direction;

/// The rewards of the trials that are done, each with its trial's number, space by space.
#[derive(Debug, Default)]
pub(super) struct Rewards {
    by_reward: BTreeSet<(i64, Reward, u64)>,
}

impl Rewards {
    pub(super) fn insert(&mut self, trial: &TrialRecord) {
        self.by_reward.extend(key(trial));
    }

    pub(super) fn remove(&mut self, trial: &TrialRecord) {
        key(trial).map(|key| self.by_reward.remove(&key));
    }

    /// The number of the trial with the best reward in a space, the earliest of equals.
    pub(super) fn best(&self, space: i64, direction: Direction) -> Option<u64> {
        let least = (space, Reward(f64::NEG_INFINITY), 0);
        let mut of_space = self.by_reward.range(least..=(space, Reward(f64::INFINITY), u64::MAX));
        let best = match direction {
            Direction::Maximize => of_space.next_back(),
            Direction::Minimize => of_space.next(),
        };
        let (_, reward, _) = *best?;
        self.by_reward.range((space, reward, 0)..).next().map(|(.., number)| *number)
    }
}

/// Only what is done counts, and, as in a database, NaN is no number.
fn key(trial: &TrialRecord) -> Option<(i64, Reward, u64)> {
    let reward = trial.reward.filter(|reward| trial.phase == Phase::Done && !reward.is_nan())?;
    // Plus 0, since both zeros are the same reward.
    Some((trial.space, Reward(reward + 0.0), trial.number))
}

/// A reward that is a number, so that any two can be compared.
#[derive(Debug, Clone, Copy)]
struct Reward(f64);

impl Ord for Reward {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Reward {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Reward {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Reward {}
