//! Whether what a model predicts has to do with what is earned.

use std::collections::VecDeque;

use super::super::spearman::spearman;
use crate::train::outcome::{Merit, Outcome};

/// The latest predictions of a space and task, each made before its trial, with how that ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Record(VecDeque<(f64, Merit)>);

/// Predictions that are remembered, and how many it takes to trust at all.
const LATEST: usize = 40;
const LEAST: usize = 8;

impl Record {
    pub(super) fn push(&mut self, predicted: f64, earned: Merit) {
        if self.0.len() == LATEST {
            self.0.pop_front();
        }
        self.0.push_back((predicted, earned));
    }

    /// The oldest first.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (f64, Outcome)> {
        self.0.iter().map(|(predicted, earned)| (*predicted, Outcome::from(*earned)))
    }

    /// Spearman's rank correlation; none of too few, or where all predictions or all ends are alike.
    pub(super) fn correlation(&self) -> Option<f64> {
        if self.0.len() < LEAST {
            return None;
        }
        spearman(self.0.iter().copied())
    }
}

impl FromIterator<(f64, Outcome)> for Record {
    fn from_iter<I: IntoIterator<Item = (f64, Outcome)>>(pairs: I) -> Self {
        let mut record = Self::default();
        for (predicted, outcome) in pairs {
            if let Some(earned) = outcome.merit() {
                record.push(predicted, earned);
            }
        }
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(pairs: impl IntoIterator<Item = (f64, f64)>) -> Record {
        pairs.into_iter().map(|(predicted, earned)| (predicted, Outcome::Reward(earned))).collect()
    }

    #[test]
    fn the_correlation_is_spearmans() {
        // By hand: ranks 0 to 7 against 1 0 3 2 5 4 7 6: Σd² = 8, 1 − 6 · 8 / (8 · 63).
        let swapped = record((0..8u8).map(|i| (f64::from(i).exp(), f64::from(i ^ 1))));
        assert!((swapped.correlation().unwrap() - (1.0 - 48.0 / 504.0)).abs() < 1e-12);
        let opposed = record((0..8u8).map(|i| (f64::from(i), -f64::from(i))));
        assert!((opposed.correlation().unwrap() + 1.0).abs() < 1e-12);
    }

    #[test]
    fn few_and_equal_ones_say_nothing() {
        assert_eq!(record((0..7u8).map(|i| (f64::from(i), f64::from(i)))).correlation(), None);
        assert_eq!(record((0..20u8).map(|i| (f64::from(i), 1.0))).correlation(), None);
    }

    #[test]
    fn the_latest_count() {
        let mut record = record((0..40u8).map(|i| (f64::from(i), -f64::from(i))));
        (0..40u8).for_each(|i| record.push(f64::from(i), Outcome::Reward(f64::from(i)).merit().unwrap()));
        assert!((record.correlation().unwrap() - 1.0).abs() < 1e-12);
        assert_eq!(record.pairs().count(), LATEST);
    }
}
