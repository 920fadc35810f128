//! Learning from the reward of a trial.

use std::sync::Arc;

use rand::RngExt;

use super::{Agent, Trial};
use crate::policy::batch::Path;
use crate::policy::sampler::start;
use crate::policy::weights::Weights;
use crate::policy::{Contains, Universe};
use crate::space::{DecodeError, SearchSpace};
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
    Foreign(#[from] DecodeError),
    /// The gradient left the range of `f32`.
    #[error("the gradient of this trial is not finite; a smaller learning rate or smaller rewards keep the weights in range")]
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
    pub fn observe<T: SearchSpace>(&mut self, trial: Trial<T>, reward: f64) -> Result<Observation, ObserveError>
    where
        U: Contains<T>,
    {
        if !reward.is_finite() {
            return Err(ObserveError::NotFinite { reward });
        }
        if reward.abs() > MAX_REWARD {
            return Err(ObserveError::TooLarge { reward });
        }
        let space = U::SPACE_INDEX;
        let steps = self.graph.follow(space, &trial.trace)?;
        let start = start(&self.graph, space);
        let memory = &mut self.spaces[space];
        let baseline = memory.baseline.value().unwrap_or(reward);
        let advantage = reward - baseline;

        let pushed = memory.elites.push(reward, &trial.trace);
        let mut rng = self.rng.clone();
        let elite = &memory.elites.best()[rng.random_range(0..memory.elites.best().len())];
        let imitated = (elite.reward > baseline).then_some(elite.reward);
        let elite_steps = self.graph.follow(space, &elite.trace)?;

        let own = Lesson { path: Path { start, steps: &steps }, likelihood: advantage, entropy: self.settings.entropy };
        let path = Path { start, steps: &elite_steps };
        let imitation = Lesson { path, likelihood: self.settings.imitation, entropy: 0.0 };
        let lessons = [own, imitation];
        let lessons = &lessons[..1 + usize::from(imitated.is_some())];
        let (mut gradients, objective) = gradients(&self.network, &self.weights, self.settings.attention, lessons);
        if !self.network.all_finite(&mut gradients) {
            memory.elites.undo(pushed);
            return Err(ObserveError::Diverged);
        }
        self.adam.step(self.settings.learning_rate, &mut self.network, &mut gradients);
        self.weights = Arc::new(Weights::of(&self.network));
        memory.baseline.update(reward);
        self.rng = rng;
        let entropy = if self.settings.entropy > 0.0 { objective.entropy / self.settings.entropy } else { 0.0 };
        Ok(Observation { baseline, advantage, entropy, imitated })
    }
}
