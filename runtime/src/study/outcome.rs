//! How a trial ended.

use std::fmt::Display;

use crate::agent::observe::check;

/// How a trial ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With a reward, which is maximised. One that is not a finite number, or beyond
    /// [`MAX_REWARD`](crate::agent::MAX_REWARD), is a failure.
    Reward(f64),
    /// With an error, whose text is kept. It teaches the searcher nothing, and may be retried.
    Failed(String),
    /// It was given up, since what it reported did not promise much. It teaches the searcher nothing.
    Pruned,
}

impl Outcome {
    /// A reward that cannot be told is a failure.
    pub(super) fn checked(self) -> Self {
        match self {
            Self::Reward(reward) => match check(reward) {
                Ok(()) => Self::Reward(reward),
                Err(error) => Self::Failed(error.to_string()),
            },
            other => other,
        }
    }
}

impl From<f64> for Outcome {
    fn from(reward: f64) -> Self {
        Self::Reward(reward)
    }
}

impl<O: Into<Outcome>, E: Display> From<Result<O, E>> for Outcome {
    fn from(result: Result<O, E>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            // With the causes, where the error's display leaves them to `{:#}`.
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
}
