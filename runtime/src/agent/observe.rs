//! Learning from the reward of a trial.

use std::sync::Arc;

use rand::RngExt;

use super::{Agent, Settings, Trial};
use crate::policy::batch::Path;
use crate::policy::sampler::start;
use crate::policy::{Contains, Universe};
use crate::space::cursor::Step;
use crate::space::{SearchSpace, Trace, WalkError};
use crate::train::elites::Pushed;
use crate::train::lesson::{Lesson, gradients_of_all};

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
        Ok(self.learn(U::SPACE_INDEX, &[(&trial.trace, reward)])?[0])
    }

    /// Learns from several trials in one step of Adam, up the mean of their objectives: for many workers, whose trials end
    /// together. The baseline is the one before all of them; each trial draws an elite of its own.
    ///
    /// The gradient is summed on all cores, in an order that does not depend on their number. On an error the agent is as
    /// it was.
    pub fn observe_many<T: SearchSpace>(
        &mut self,
        trials: Vec<(Trial<T>, f64)>,
    ) -> Result<Vec<Observation>, ObserveError>
    where
        U: Contains<T>,
    {
        trials.iter().try_for_each(|(_, reward)| check(*reward))?;
        let told: Vec<(&Trace, f64)> = trials.iter().map(|(trial, reward)| (&trial.trace, *reward)).collect();
        self.learn(U::SPACE_INDEX, &told)
    }

    fn learn(&mut self, space: usize, told: &[(&Trace, f64)]) -> Result<Vec<Observation>, ObserveError> {
        let traces = told.iter().map(|(trace, _)| self.graph.follow(space, trace));
        let traces = traces.collect::<Result<Vec<_>, _>>()?;
        let before = self.spaces[space].baseline;
        let memory = &mut self.spaces[space];
        let pushed: Vec<Pushed> = told.iter().map(|(trace, reward)| memory.elites.push(*reward, trace)).collect();
        let mut rng = self.rng.clone();
        let elites = memory.elites.best();
        let mut observations = Vec::with_capacity(told.len());
        let mut imitated = Vec::new();
        for (_, reward) in told {
            let baseline = before.value().unwrap_or(*reward);
            let elite = &elites[rng.random_range(0..elites.len())];
            let better = elite.reward > baseline;
            if better {
                imitated.push(self.graph.follow(space, &elite.trace)?);
            }
            let (advantage, imitated) = (reward - baseline, better.then_some(elite.reward));
            observations.push(Observation { baseline, advantage, entropy: 0.0, imitated });
        }
        let lessons = self.lessons(space, &traces, &imitated, &observations);
        let (mut gradients, entropies) =
            gradients_of_all(&self.network, &self.weights, self.settings.attention, &lessons);
        if !self.network.all_finite(&mut gradients) {
            let memory = &mut self.spaces[space];
            pushed.into_iter().rev().for_each(|pushed| memory.elites.undo(pushed));
            return Err(ObserveError::Diverged);
        }
        self.adam.step(self.settings.learning_rate, &mut self.network, &mut gradients);
        Arc::make_mut(&mut self.weights).refresh(&self.network);
        let memory = &mut self.spaces[space];
        told.iter().for_each(|(_, reward)| memory.baseline.update(*reward));
        self.rng = rng;
        for (observation, entropy) in observations.iter_mut().zip(entropies) {
            observation.entropy = entropy;
        }
        Ok(observations)
    }

    /// The trials' own lessons, then those of the elites; each weight divided by the number of trials.
    fn lessons<'a>(
        &self,
        space: usize,
        traces: &'a [Vec<Step<'a>>],
        imitated: &'a [Vec<Step<'a>>],
        observations: &[Observation],
    ) -> Vec<Lesson<'a>> {
        let (start, trials) = (start(&self.graph, space), traces.len() as f64);
        let Settings { entropy, imitation, .. } = self.settings;
        let own = traces.iter().zip(observations).map(|(steps, observation)| Lesson {
            path: Path { start, steps },
            likelihood: observation.advantage / trials,
            entropy: entropy / trials,
        });
        let imitated = imitated.iter().map(|steps| Lesson {
            path: Path { start, steps },
            likelihood: imitation / trials,
            entropy: 0.0,
        });
        own.chain(imitated).collect()
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
