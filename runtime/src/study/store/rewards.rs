//! Which trial is the best, however rewards come and go.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::{Phase, TrialRecord};
use crate::train::Direction;

/// The rewards of the trials that are done, each with its trial's number.
#[derive(Debug, Default)]
pub(super) struct Rewards {
    by_reward: BTreeSet<(Reward, u64)>,
}

impl Rewards {
    pub(super) fn insert(&mut self, trial: &TrialRecord) {
        self.by_reward.extend(key(trial));
    }

    pub(super) fn remove(&mut self, trial: &TrialRecord) {
        key(trial).map(|key| self.by_reward.remove(&key));
    }

    /// The number of the trial with the best reward, the earliest of equals.
    pub(super) fn best(&self, direction: Direction) -> Option<u64> {
        let best = match direction {
            Direction::Maximize => self.by_reward.last(),
            Direction::Minimize => self.by_reward.first(),
        };
        let (reward, _) = *best?;
        self.by_reward.range((reward, 0)..).next().map(|(_, number)| *number)
    }
}

/// Only what is done counts, and, as in a database, NaN is no number.
fn key(trial: &TrialRecord) -> Option<(Reward, u64)> {
    let reward = trial.reward.filter(|reward| trial.phase == Phase::Done && !reward.is_nan())?;
    // Plus 0, since both zeros are the same reward.
    Some((Reward(reward + 0.0), trial.number))
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
