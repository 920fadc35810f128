//! What is told of an attempt.

use super::outcome::Outcome;
use super::store::Constraint;

/// What is told of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Told {
    pub(super) number: u64,
    pub(super) attempt: u32,
    /// Who had it.
    pub(super) worker: String,
    /// How it ended; none where it is handed back.
    pub(super) outcome: Option<Outcome>,
    /// The last value reported, and its step.
    pub(super) last: Option<(u64, f64)>,
    /// What of it has limits.
    pub(super) constraints: Vec<Constraint>,
    /// Whether the trial is not tried again where it failed.
    pub(super) is_last: bool,
}

impl Told {
    /// An attempt that is handed back.
    pub(super) fn returned(number: u64, attempt: u32, worker: String) -> Self {
        Self { number, attempt, worker, outcome: None, last: None, constraints: Vec::new(), is_last: false }
    }

    /// Whether it says how the trial ended: it is not handed back.
    pub(super) fn ends(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| *outcome != Outcome::Cancelled)
    }
}
