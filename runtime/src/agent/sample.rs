//! Sampling configs, and the probability of given ones.

use rand::SeedableRng;
use rand_pcg::Pcg64;
use rayon::prelude::*;

use super::{Agent, Trial};
use crate::policy::sampler::{Draw, Policy};
use crate::policy::{Contains, Universe};
use crate::space::{EncodeError, SampleError, SearchSpace, WalkError, decode, encode};

/// Why a given config has no place in the agent's space.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// A value outside its domain.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A `valid` predicate refuses it.
    #[error("the config is refused by the `valid` predicate of `{space}`")]
    Invalid {
        /// The space's type.
        space: &'static str,
    },
    /// A decision that the space does not offer there.
    #[error("the config is not in its space: {0}")]
    Walk(#[from] WalkError),
}

impl<U: Universe> Agent<U> {
    /// Samples a config of the space `T`.
    ///
    /// A config that a `valid` predicate refuses is drawn again; it is neither a trial nor a lesson. On an error the
    /// agent is as it was, but for its random numbers.
    pub fn sample<T: SearchSpace>(&mut self) -> Result<Trial<T>, SampleError>
    where
        U: Contains<T>,
    {
        let gamma = self.settings.gamma(self.samples);
        for drawn in 1..=self.settings.max_draws {
            let draws = self.policy_and_rng(|policy, rng| policy.sample(U::SPACE_INDEX, &mut [(gamma, rng)]));
            let trial = draws.into_iter().next().flatten().map(trial::<T>).transpose()?.flatten();
            if let Some(trial) = trial {
                self.count(U::SPACE_INDEX, drawn);
                return Ok(trial);
            }
        }
        Err(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: self.settings.max_draws })
    }

    /// Samples `count` configs of the space `T` at once, several times faster than one after the other: their decisions
    /// are encoded together, on all cores.
    ///
    /// Each config has random numbers of its own, drawn from the agent's, so the result does not depend on the number of
    /// threads; it is another one than that of as many calls of [`sample`](Self::sample).
    pub fn sample_many<T: SearchSpace + Send>(&mut self, count: usize) -> Result<Vec<Trial<T>>, SampleError>
    where
        U: Contains<T>,
    {
        let source =
            |(i, rng): (usize, &mut Pcg64)| (self.settings.gamma(self.samples + i as u64), Pcg64::from_rng(rng));
        let mut rng = self.rng.clone();
        let sources: Vec<(f64, Pcg64)> = (0..count).map(|i| source((i, &mut rng))).collect();
        self.rng = rng;
        let max_draws = self.settings.max_draws;
        let policy = self.policy();
        let drawn: Vec<(Trial<T>, u32)> = sources
            .into_par_iter()
            .chunks(count.div_ceil(rayon::current_num_threads()).clamp(1, IN_STEP))
            .map(|mut sources| draw_all::<T>(policy, U::SPACE_INDEX, &mut sources, max_draws))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .flatten()
            .collect();
        let taken = |(trial, drawn)| {
            self.count(U::SPACE_INDEX, drawn);
            trial
        };
        Ok(drawn.into_iter().map(taken).collect())
    }

    fn count(&mut self, space: usize, drawn: u32) {
        self.samples += 1;
        self.spaces[space].drawn += u64::from(drawn);
        self.spaces[space].accepted += 1;
    }

    /// The share of drawn configs of `T` that were valid; none before the first sample.
    #[must_use]
    pub fn acceptance<T: SearchSpace>(&self) -> Option<f64>
    where
        U: Contains<T>,
    {
        let memory = &self.spaces[U::SPACE_INDEX];
        (memory.drawn > 0).then(|| memory.accepted as f64 / memory.drawn as f64)
    }

    /// A trial of a given config, to tell the agent a reward that was earned elsewhere.
    pub fn trial<T: SearchSpace>(&self, config: T) -> Result<Trial<T>, ConfigError>
    where
        U: Contains<T>,
    {
        if !config.is_valid() {
            return Err(ConfigError::Invalid { space: std::any::type_name::<T>() });
        }
        let trace = encode(&config)?;
        let steps = self.graph.follow(U::SPACE_INDEX, &trace)?;
        let log_prob = self.policy().log_probs(U::SPACE_INDEX, &steps).iter().sum();
        Ok(Trial { config, trace, log_prob })
    }

    /// `Σ log π` over the decisions that make a config: its log-probability before invalid configs are refused.
    pub fn log_prob<T: SearchSpace>(&self, config: &T) -> Result<f64, ConfigError>
    where
        U: Contains<T>,
    {
        let trace = encode(config)?;
        let steps = self.graph.follow(U::SPACE_INDEX, &trace)?;
        Ok(self.policy().log_probs(U::SPACE_INDEX, &steps).iter().sum())
    }
}

/// How many configs are sampled in step with each other at most; it does not change what is sampled.
const IN_STEP: usize = 64;

/// The trial of a draw; none where a `valid` predicate refuses it.
fn trial<T: SearchSpace>(draw: Draw) -> Result<Option<Trial<T>>, SampleError> {
    let config: T = decode(&draw.trace)?;
    Ok(config.is_valid().then_some(Trial { config, trace: draw.trace, log_prob: draw.log_prob }))
}

/// A valid trial for each source, with the number of draws that it took.
fn draw_all<T: SearchSpace>(
    policy: Policy<'_>,
    space: usize,
    sources: &mut [(f64, Pcg64)],
    max_draws: u32,
) -> Result<Vec<(Trial<T>, u32)>, SampleError> {
    let mut trials: Vec<Option<(Trial<T>, u32)>> = sources.iter().map(|_| None).collect();
    for drawn in 1..=max_draws {
        let missing: Vec<usize> = (0..trials.len()).filter(|&i| trials[i].is_none()).collect();
        if missing.is_empty() {
            break;
        }
        let mut again: Vec<(f64, &mut Pcg64)> = sources
            .iter_mut()
            .zip(&trials)
            .filter(|(_, trial)| trial.is_none())
            .map(|((gamma, rng), _)| (*gamma, rng))
            .collect();
        for (i, draw) in missing.into_iter().zip(policy.sample(space, &mut again)) {
            trials[i] = draw.map(trial).transpose()?.flatten().map(|trial| (trial, drawn));
        }
    }
    let all: Option<Vec<(Trial<T>, u32)>> = trials.into_iter().collect();
    all.ok_or(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: max_draws })
}
