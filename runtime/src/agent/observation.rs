//! What learning from the reward of a trial did, or why it could not be done.

use crate::printable::printable;
use crate::sentence::debug_as_sentence;
use crate::space::{EncodeError, WalkError};
use crate::train::memory::Held;
use crate::train::{MAX_REWARD, Outcome, Rewards};

/// Why a reward could not be told; the agent is as it was.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ObserveError {
    /// Not a finite number.
    #[error("the reward is {reward}; tell a finite number, or drop the trial where the evaluation failed")]
    NotFinite {
        /// The reward told.
        reward: f64,
    },
    /// Beyond [`MAX_REWARD`], of an agent that learns from rewards as they are.
    #[error(
        "the reward {reward:e} is beyond 1e12, and this agent learns from rewards as they are; rescale them so that their differences are near 1, or let it learn from ranks (`Rewards::Ranks`)"
    )]
    TooLarge {
        /// The reward told.
        reward: f64,
    },
    /// The trial's trace does not fit the space.
    #[error("the trial is not of this space: {0}")]
    Foreign(#[from] WalkError),
    /// The config is not in its space.
    #[error("the trial is not of this space: {0}")]
    Encode(#[from] EncodeError),
    /// The hand-written `decode` of a space does not follow its tree.
    #[error("the trial's config cannot be made again: {}", printable(reason))]
    Undecodable {
        /// Why not.
        reason: String,
    },
    /// The trial's task is not one on which the space is judged.
    #[error(
        "the trial is of the task `{}`, on which this agent does not judge its space; tell it to an agent whose joint space has the task",
        printable(task)
    )]
    Task {
        /// The trial's task.
        task: String,
    },
    /// Trials of several tasks in one call.
    #[error("the trials are of several tasks; tell those of each task together")]
    SeveralTasks,
    /// The step would have made a weight that is no finite number, or is too large for a policy that is one.
    #[error(
        "the step up the gradient of this trial leaves the range of weights; a smaller learning rate or smaller rewards keep the weights in range"
    )]
    Diverged,
}

debug_as_sentence!(ObserveError);

/// What one observation did. Baseline, advantage and what was imitated are normal scores of ranks, or rewards where the agent
/// learns from these as they are ([`Rewards`]).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The moving average that the trial was held against.
    pub baseline: f64,
    /// The trial's score, or reward, less the baseline.
    pub advantage: f64,
    /// The policy's mean entropy per decision along the trace, in nats.
    pub entropy: f64,
    /// That of the elite that was imitated; none where the one drawn was no better than the baseline.
    pub imitated: Option<f64>,
}

impl Observation {
    pub(super) fn new(held: Held, entropy: f64) -> Self {
        let Held { baseline, reward, imitated } = held;
        Self { baseline, advantage: reward - baseline, entropy, imitated }
    }
}

/// Whether an outcome can be learned from.
pub(crate) fn check(rewards: Rewards, outcome: Outcome) -> Result<(), ObserveError> {
    let numbers = match &outcome {
        Outcome::Reward(reward) => std::slice::from_ref(reward),
        Outcome::Scores(scores) => scores.values(),
        _ => &[],
    };
    if let Some(&reward) = numbers.iter().find(|number| !number.is_finite()) {
        return Err(ObserveError::NotFinite { reward });
    }
    let Outcome::Reward(reward) = outcome.plain() else { return Ok(()) };
    if rewards == Rewards::Raw && reward.abs() > MAX_REWARD {
        return Err(ObserveError::TooLarge { reward });
    }
    Ok(())
}
