//! Sampling configs, and the probability of given ones.

use super::{Agent, Trial};
use crate::policy::pair::Pair;
use crate::policy::{AnyConfig, Contains, Universe};
use crate::sentence::debug_as_sentence;
use crate::space::{DecodeError, EncodeError, SampleError, SearchSpace, Trace, WalkError, decode, encode};

/// Why a given config has no place in the agent's space.
#[derive(Clone, PartialEq, thiserror::Error)]
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
    /// The space is not judged on the task asked for.
    #[error(transparent)]
    Task(SampleError),
}

debug_as_sentence!(ConfigError);

/// The config of a trace; none where a `valid` predicate refuses it.
pub(crate) fn valid_config<T: SearchSpace>(trace: &Trace) -> Result<Option<T>, DecodeError> {
    let config: T = decode(trace)?;
    Ok(config.is_valid().then_some(config))
}

/// The trace of a config that is valid.
pub(crate) fn valid_trace<T: SearchSpace>(config: &T) -> Result<Trace, ConfigError> {
    if !config.is_valid() {
        return Err(ConfigError::Invalid { space: std::any::type_name::<T>() });
    }
    Ok(encode(config)?)
}

impl<U: Universe> Agent<U> {
    /// Samples a config of the space `T`; where that is judged on several tasks, of one drawn uniformly (see
    /// [`on`](Self::on)).
    ///
    /// A config that a `valid` predicate refuses is drawn again; it is neither a trial nor a lesson. On an error the
    /// agent is as it was, but for its random numbers.
    pub fn sample<T: SearchSpace>(&mut self) -> Result<Trial<T>, SampleError>
    where
        U: Contains<T>,
    {
        let pair = self.core.draw_pair(U::SPACE_INDEX);
        self.core.sample(pair, valid_config::<T>)
    }

    /// Samples a config of any space, for any task: the pair is drawn uniformly from the valid ones, as the paper's joint
    /// training does (Section 3).
    pub fn sample_any(&mut self) -> Result<Trial<U>, SampleError>
    where
        U: AnyConfig,
    {
        let pair = self.core.draw_any_pair();
        self.core.sample(pair, |trace: &Trace| {
            let config = U::decode_any(pair.space, trace)?;
            Ok(config.is_valid_any().then_some(config))
        })
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
        let pairs: Vec<Pair> = (0..count).map(|_| self.core.draw_pair(U::SPACE_INDEX)).collect();
        self.core.sample_many(&pairs, valid_config::<T>)
    }

    /// The share of drawn configs of `T` that were valid; none before the first sample.
    #[must_use]
    pub fn acceptance<T: SearchSpace>(&self) -> Option<f64>
    where
        U: Contains<T>,
    {
        self.core.acceptance_of(&self.core.memories.of_space(U::SPACE_INDEX))
    }

    /// A trial of a given config, to tell the agent a reward that was earned elsewhere. Where the space is judged on
    /// several tasks, it is the first one's (see [`on`](Self::on)).
    pub fn trial<T: SearchSpace>(&self, config: T) -> Result<Trial<T>, ConfigError>
    where
        U: Contains<T>,
    {
        let trace = valid_trace(&config)?;
        self.core.trial(self.first_pair::<T>(), config, trace)
    }

    /// `Σ log π` over the decisions that make a config: its log-probability before invalid configs are refused. Where the
    /// space is judged on several tasks, it is for the first one.
    pub fn log_prob<T: SearchSpace>(&self, config: &T) -> Result<f64, ConfigError>
    where
        U: Contains<T>,
    {
        self.core.log_prob(self.first_pair::<T>(), &encode(config)?)
    }

    pub(super) fn first_pair<T: SearchSpace>(&self) -> Pair
    where
        U: Contains<T>,
    {
        let space = U::SPACE_INDEX;
        self.core.memories.of_space(space).first().copied().unwrap_or(Pair { space, task: 0 })
    }
}
