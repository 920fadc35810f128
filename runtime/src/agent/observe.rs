//! Learning from the reward of a trial.

use std::borrow::Cow;
use std::sync::Arc;

use rand::RngExt;
use rand_pcg::Pcg64;

use super::{Agent, Memory, Settings, Trial};
use crate::policy::batch::Path;
use crate::policy::sampler::start;
use crate::policy::weights::Weights;
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
    /// together. The baseline is the one before all of them (of the
    /// very first ones, their mean); each trial draws an elite of its own.
    ///
    /// The gradient is summed on all cores, in an order that does not depend on their number. On an error the agent is as
    /// it was.
    #[allow(clippy::needless_pass_by_value)] // The trials are consumed so that they cannot be told twice.
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
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let traces = told.iter().map(|(trace, _)| self.graph.follow(space, trace));
        let traces = traces.collect::<Result<Vec<_>, _>>()?;
        let memory = &mut self.spaces[space];
        let pushed: Vec<Pushed> = told.iter().map(|(trace, reward)| memory.elites.push(*reward, trace)).collect();
        let mut rng = self.rng.clone();
        let (observations, imitated) = memory.draw_elites(told, &mut rng);
        let lessons = self.lessons(space, &traces, &observations, &imitated);
        let (mut gradients, entropies) =
            gradients_of_all(&self.network, &self.weights, self.settings.attention, &lessons);
        if !self.network.all_finite(&mut gradients) {
            for pushed in pushed.into_iter().rev() {
                self.spaces[space].elites.undo(pushed);
            }
            return Err(ObserveError::Diverged);
        }
        self.adam.step(self.settings.learning_rate, &mut self.network, &mut gradients);
        self.weights = Arc::new(Weights::of(&self.network));
        for (_, reward) in told {
            self.spaces[space].baseline.update(*reward);
        }
        self.rng = rng;
        let told = observations.into_iter().zip(entropies);
        Ok(told.map(|(observation, entropy)| Observation { entropy, ..observation }).collect())
    }

    /// The trials' own lessons, then those of the elites; each weight divided by the number of trials.
    fn lessons<'a>(
        &'a self,
        space: usize,
        traces: &'a [Vec<Step<'a>>],
        observations: &[Observation],
        imitated: &[(Trace, f64)],
    ) -> Vec<Lesson<'a>> {
        let (start, trials) = (start(&self.graph, space), traces.len() as f64);
        let Settings { entropy, imitation, .. } = self.settings;
        let lesson = |steps: Cow<'a, [Step<'a>]>, likelihood, entropy| Lesson {
            path: Path { start, steps },
            likelihood: likelihood / trials,
            entropy: entropy / trials,
        };
        let own = traces.iter().zip(observations);
        let own = own.map(|(steps, observation)| lesson(Cow::Borrowed(steps), observation.advantage, entropy));
        // An elite's trace led through the space when it was told.
        let elites = imitated.iter().filter_map(|(trace, times)| {
            let steps = self.graph.follow(space, trace).ok()?;
            Some(lesson(Cow::Owned(steps), imitation * times, 0.0))
        });
        own.chain(elites).collect()
    }
}

impl Memory {
    /// Draws an elite for each trial. Gives what is observed of the trials, and the traces of the elites that are better
    /// than the baseline, each with how often it was drawn.
    fn draw_elites(&self, told: &[(&Trace, f64)], rng: &mut Pcg64) -> (Vec<Observation>, Vec<(Trace, f64)>) {
        let elites = self.elites.best();
        let mean = told.iter().map(|(_, reward)| reward).sum::<f64>() / told.len() as f64;
        let baseline = self.baseline.value().unwrap_or(mean);
        let mut times = vec![0.0; elites.len()];
        let mut observations = Vec::with_capacity(told.len());
        for (_, reward) in told {
            let drawn = rng.random_range(0..elites.len());
            let better = elites[drawn].reward > baseline;
            times[drawn] += f64::from(u8::from(better));
            let imitated = better.then_some(elites[drawn].reward);
            observations.push(Observation { baseline, advantage: reward - baseline, entropy: 0.0, imitated });
        }
        let drawn = elites.iter().zip(times).filter(|(_, times)| *times > 0.0);
        (observations, drawn.map(|(elite, times)| (elite.trace.clone(), times)).collect())
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
