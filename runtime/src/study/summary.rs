//! What a run left.

use std::time::Duration;

/// Why a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ending {
    /// The study has all its trials.
    Complete,
    /// The best reward is good enough ([`stop_when`](super::StudyBuilder::stop_when)), or an objective said so
    /// ([`Running::stop_study`](super::Running::stop_study)).
    Stopped,
    /// The [`deadline`](super::StudyBuilder::deadline) has passed.
    Deadline,
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// The searcher has nothing new to propose.
    Exhausted,
}

impl Ending {
    /// In a word, for stores, where it is an end of the study itself and not of this run only.
    pub(super) fn of_study(self) -> Option<&'static str> {
        match self {
            Self::Complete => Some("complete"),
            Self::Stopped => Some("stopped"),
            Self::Exhausted => Some("exhausted"),
            Self::Deadline | Self::Interrupted => None,
        }
    }
}

/// What a run left.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Summary {
    /// Why it came to its end.
    pub ending: Ending,
    /// The number and the reward of the study's best trial; of several objectives by the first one.
    pub best: Option<(u64, f64)>,
    /// How many trials of the study came to their end.
    pub done: u64,
    /// How many failed for good.
    pub failed: u64,
    /// How many were pruned.
    pub pruned: u64,
    /// How long the run took.
    pub elapsed: Duration,
}
