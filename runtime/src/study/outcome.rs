//! How a trial ended.

use std::fmt::Display;

/// How a trial ended, as an objective says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// With a reward. One that is not a finite number is a failure.
    Reward(f64),
    /// With an error, whose text is kept. It is worse than every trial that has a reward, and may be retried.
    Failed(String),
    /// With an error, and a number that says how bad it was beside other failures, greater is worse: by how much memory a config
    /// was too large, how early a training diverged.
    FailedBy {
        /// What is kept as text.
        error: String,
        /// How bad it was.
        severity: f64,
    },
    /// It was given up, since what it reported did not promise much. It stands where its last value stands among the others.
    Pruned,
    /// It is handed back: another worker is to evaluate it, or this one later. It counts for nothing.
    Cancelled,
}

impl Outcome {
    /// A reward that cannot be told is a failure.
    pub(super) fn checked(self) -> Self {
        match self {
            Self::Reward(reward) if !reward.is_finite() => Self::Failed(format!(
                "the reward is {reward}; return a finite number, or an error where the evaluation failed"
            )),
            Self::FailedBy { error, severity } if !severity.is_finite() => Self::Failed(error),
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
