//! Sampling configs, and the probability of given ones.

use super::{Agent, Trial};
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
            let draw = self.policy_and_rng(|policy, rng| policy.sample(U::SPACE_INDEX, gamma, rng));
            let Some(draw) = draw else { continue };
            let config: T = decode(&draw.trace)?;
            if config.is_valid() {
                self.samples += 1;
                self.spaces[U::SPACE_INDEX].drawn += u64::from(drawn);
                self.spaces[U::SPACE_INDEX].accepted += 1;
                return Ok(Trial { config, trace: draw.trace, log_prob: draw.log_prob });
            }
        }
        Err(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: self.settings.max_draws })
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
