//! How trials end, and which end is better than which.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::direction::Direction;
use super::objectives::Scores;

/// How a trial ended, as a search is told it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was evaluated: a finite number.
    Reward(f64),
    /// It was evaluated, and one number is not all that counts: it has several objectives, or limits.
    Scores(Scores),
    /// It was given up at a step, with the last value that it reported.
    Pruned {
        /// The step of that value.
        step: u64,
        /// The value.
        last: f64,
    },
    /// It has no reward, and is worse than every trial that has one.
    Failed {
        /// How bad it was beside other failures, greater is worse; none counts as 0.
        severity: Option<f64>,
    },
    /// It was handed back without having been evaluated: nothing is known of it.
    Cancelled,
}

impl Outcome {
    /// A failure of which no more is known.
    pub const FAILED: Self = Self::Failed { severity: None };

    /// The reward, where there is one: the value of a single objective, where that keeps all limits.
    #[must_use]
    pub fn reward(self) -> Option<f64> {
        match self.values() {
            Some(&[reward]) => Some(reward),
            _ => None,
        }
    }

    /// The value of each objective, greater ones better, where there are any and all limits hold.
    #[must_use]
    pub fn values(&self) -> Option<&[f64]> {
        match self {
            Self::Reward(reward) => Some(std::slice::from_ref(reward)),
            Self::Scores(scores) => Some(scores.values()).filter(|it| !it.is_empty() && scores.violation().is_none()),
            _ => None,
        }
    }

    /// By how much a limit is exceeded, where one is.
    pub(crate) fn violation(&self) -> Option<f64> {
        let Self::Scores(scores) = self else { return None };
        scores.violation()
    }

    /// How many objectives there are, where there are several.
    pub(crate) fn objectives(&self) -> Option<usize> {
        let Self::Scores(scores) = self else { return None };
        Some(scores.values().len()).filter(|count| *count > 1)
    }

    /// As a search that knows one objective sees it: a trial that keeps its limits is a reward.
    pub(crate) fn plain(self) -> Self {
        match (self, self.reward()) {
            (Self::Scores(_), Some(reward)) => Self::Reward(reward),
            _ => self,
        }
    }

    /// With finite numbers only, as it is written down; none where nothing was learned.
    pub(crate) fn finite(self) -> Option<Self> {
        match self {
            Self::Scores(scores) => Some(Self::Scores(scores.map(finite))),
            other => other.merit().map(Self::from),
        }
    }

    /// The same for a search that maximises.
    pub(crate) fn maximised(self, direction: Direction) -> Self {
        let sign = direction.sign();
        match self {
            Self::Reward(reward) => Self::Reward(sign * reward),
            Self::Pruned { step, last } => Self::Pruned { step, last: sign * last },
            // They say for each objective which values are better.
            other => other,
        }
    }

    /// Where it stands among outcomes; none where nothing was learned.
    pub(crate) fn merit(self) -> Option<Merit> {
        match self {
            Self::Reward(value) => Some(Merit { class: Class::Earns, value, step: None }),
            Self::Scores(scores) => Some(match (scores.violation(), scores.values().first()) {
                (None, Some(&value)) => Merit { class: Class::Earns, value, step: None },
                (violation, _) => Merit { class: Class::Exceeds, value: -finite(violation.unwrap_or(0.0)), step: None },
            }),
            Self::Pruned { step, last } => Some(Merit { class: Class::Earns, value: finite(last), step: Some(step) }),
            Self::Failed { severity } => {
                Some(Merit { class: Class::Fails, value: -finite(severity.unwrap_or(0.0)), step: None })
            }
            Self::Cancelled => None,
        }
    }
}

impl From<f64> for Outcome {
    fn from(reward: f64) -> Self {
        Self::Reward(reward)
    }
}

/// What is no number counts as the least of them, and infinities as the greatest and the least.
fn finite(value: f64) -> f64 {
    if value.is_nan() { f64::MIN } else { value.clamp(f64::MIN, f64::MAX) }
}

/// How good a trial was, by one number. Failures are below everything else, and above them what exceeds a limit; a pruned trial stands
/// where its last value does, and one of several objectives where the first of them does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Merit {
    class: Class,
    value: f64,
    /// At which step it was pruned; none of one that came to its end.
    step: Option<u64>,
}

/// The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Fails,
    /// A limit is exceeded.
    Exceeds,
    Earns,
}

impl Merit {
    /// What was earned, where the trial came to its end.
    pub(crate) fn reward(self) -> Option<f64> {
        (self.class == Class::Earns && self.step.is_none()).then_some(self.value)
    }

    /// By how good they were: the order in which evolution and local search see trials.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        self.class.cmp(&other.class).then(self.value.partial_cmp(&other.value).unwrap_or(Ordering::Equal))
    }

    /// The same from the view of this trial: what was pruned at an earlier step than it was is below it, since it did not get
    /// as far.
    pub(crate) fn against(self, other: Self) -> Ordering {
        let got_further = match (self.step, other.step) {
            (Some(step), Some(earlier)) => earlier < step,
            _ => false,
        };
        if got_further { Ordering::Greater } else { self.compare(other) }
    }
}

/// A merit as it is written down.
impl From<Merit> for Outcome {
    fn from(merit: Merit) -> Self {
        let nothing = || Scores::new(&[]).map(|scores| scores.exceeding(-merit.value));
        match (merit.class, merit.step) {
            (Class::Exceeds, _) => nothing().map_or(Self::FAILED, Self::Scores),
            (Class::Fails, _) => Self::Failed { severity: Some(-merit.value).filter(|severity| *severity != 0.0) },
            (Class::Earns, Some(step)) => Self::Pruned { step, last: merit.value },
            (Class::Earns, None) => Self::Reward(merit.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merit(outcome: Outcome) -> Merit {
        outcome.merit().unwrap()
    }

    #[test]
    fn failures_are_last_and_the_worse_of_them_behind() {
        let order = [
            Outcome::Failed { severity: Some(2.0) },
            Outcome::Failed { severity: Some(1.0) },
            Outcome::FAILED,
            Outcome::Scores(Scores::new(&[]).unwrap().exceeding(2.0)),
            Outcome::Scores(Scores::new(&[]).unwrap().exceeding(1e-9)),
            Outcome::Reward(-1e300),
            Outcome::Pruned { step: 1, last: 0.3 },
            Outcome::Reward(0.5),
        ];
        for (i, worse) in order.iter().enumerate() {
            for better in &order[i + 1..] {
                assert_eq!(merit(*worse).compare(merit(*better)), Ordering::Less, "{worse:?} {better:?}");
            }
            assert_eq!(Outcome::from(merit(*worse)), *worse);
        }
        assert_eq!(Outcome::Cancelled.merit(), None);
    }

    #[test]
    fn who_was_pruned_earlier_is_behind_who_got_further() {
        let (early, late) =
            (merit(Outcome::Pruned { step: 1, last: 0.6 }), merit(Outcome::Pruned { step: 5, last: 0.5 }));
        assert_eq!(late.against(early), Ordering::Greater);
        assert_eq!(merit(Outcome::Pruned { step: 5, last: 0.6 }).against(late), Ordering::Greater);
        assert_eq!(merit(Outcome::Reward(0.4)).against(late), Ordering::Less);
    }
}
