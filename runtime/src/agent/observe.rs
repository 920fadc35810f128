//! Learning from the reward of a trial.

use std::sync::Arc;

use rand::RngExt;

use super::{Agent, Trial};
use crate::policy::batch::Path;
use crate::policy::sampler::start;
use crate::policy::weights::Weights;
use crate::policy::{Contains, Universe};
use crate::space::{SearchSpace, Trace, WalkError};
use crate::train::lesson::{Lesson, gradients};

/// The greatest reward, in absolute value, that can be told: beyond it Adam's squares leave the range of `f32`.
pub const MAX_REWARD: f64 = 1e12;

/// Why a reward could not be told; the agent is as it was.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ObserveError {
    /// Not a finite number.
    #[error("the reward is {reward}; tell a finite number, or drop the trial where the evaluation failed")]
    NotFinite {
        /// The reward told.
        reward: f64,
    },
    /// Beyond [`MAX_REWARD`].
    #[error("the reward {reward:e} is beyond 1e12; rescale rewards so that their differences are near 1")]
    TooLarge {
        /// The reward told.
        reward: f64,
    },
    /// The trial's trace does not fit the space.
    #[error("the trial is not of this space: {0}")]
    Foreign(#[from] WalkError),
    /// The gradient left the range of `f32`.
    #[error(
        "the gradient of this trial is not finite; a smaller learning rate or smaller rewards keep the weights in range"
    )]
    Diverged,
}

/// What one observation did.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Observation {
    /// The moving average of rewards that the reward was held against.
    pub baseline: f64,
    /// Reward less baseline.
    pub advantage: f64,
    /// The policy's mean entropy per decision along the trace, in nats.
    pub entropy: f64,
    /// The reward of the elite that was imitated; none where the one drawn was no better than the baseline.
    pub imitated: Option<f64>,
}

impl<U: Universe> Agent<U> {
    /// Learns from the reward of a trial: one step of Adam up
    /// `(R − b) Σ log π(a) + λ_PQT Σ log π(ã) + λ_ENT · mean entropy`, where `ã` is an elite drawn uniformly, left out
    /// where its reward is not above `b` (paper, equations 1 to 3).
    ///
    /// On an error the agent is as it was.
    #[allow(clippy::needless_pass_by_value)] // The trial is consumed so that it cannot be told twice.
    pub fn observe<T: SearchSpace>(&mut self, trial: Trial<T>, reward: f64) -> Result<Observation, ObserveError>
    where
        U: Contains<T>,
    {
        check(reward)?;
        self.learn(U::SPACE_INDEX, &trial.trace, reward)
    }

    fn learn(&mut self, space: usize, trace: &Trace, reward: f64) -> Result<Observation, ObserveError> {
        let steps = self.graph.follow(space, trace)?;
        let memory = &mut self.spaces[space];
        let baseline = memory.baseline.value().unwrap_or(reward);
        let pushed = memory.elites.push(reward, trace);
        let mut rng = self.rng.clone();
        let elites = memory.elites.best();
        let elite = &elites[rng.random_range(0..elites.len())];
        let imitated = (elite.reward > baseline).then_some(elite.reward);
        let elite_steps = self.graph.follow(space, &elite.trace)?;

        let (start, advantage) = (start(&self.graph, space), reward - baseline);
        let own = Lesson { path: Path { start, steps: &steps }, likelihood: advantage, entropy: self.settings.entropy };
        let path = Path { start, steps: &elite_steps };
        let imitation = Lesson { path, likelihood: self.settings.imitation, entropy: 0.0 };
        let lessons = if imitated.is_some() { &[own, imitation][..] } else { &[own] };
        let (mut gradients, objective) = gradients(&self.network, &self.weights, self.settings.attention, lessons);
        if !self.network.all_finite(&mut gradients) {
            memory.elites.undo(pushed);
            return Err(ObserveError::Diverged);
        }
        self.adam.step(self.settings.learning_rate, &mut self.network, &mut gradients);
        self.weights = Arc::new(Weights::of(&self.network));
        memory.baseline.update(reward);
        self.rng = rng;
        let own = &objective.entropies[..steps.len()];
        let entropy = own.iter().sum::<f64>() / own.len().max(1) as f64;
        Ok(Observation { baseline, advantage, entropy, imitated })
    }
}

fn check(reward: f64) -> Result<(), ObserveError> {
    if !reward.is_finite() {
        return Err(ObserveError::NotFinite { reward });
    }
    if reward.abs() > MAX_REWARD {
        return Err(ObserveError::TooLarge { reward });
    }
    Ok(())
}
