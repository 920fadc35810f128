//! The LSTM agent: the controller of Zoph & Le (2017, "Neural Architecture Search with Reinforcement Learning") with the
//! Transformer agent's trainer, embeddings and size, for comparison.

mod builder;
mod cell;
mod learn;
mod model;
mod network;
mod parameters;

#[cfg(test)]
mod joint_tests;
#[cfg(test)]
mod source_tests;
#[cfg(test)]
mod tests;

use std::fmt;
use std::marker::PhantomData;

pub use builder::LstmAgentBuilder;

use crate::agent::core::Core;
use crate::agent::{BuildError, ConfigError, Settings};
use crate::policy::pair::Pair;
use crate::policy::{Contains, Tasks, Universe};
use crate::space::{SearchSpace, encode};
pub(super) use model::Lstm;

/// What the network sees of the action taken before: the two readings of Zoph & Le's "the embedding of the action".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LstmInput {
    /// An embedding for each (state, action) pair, as the Transformer agent has it.
    #[default]
    PerState,
    /// One table for all states: an embedding for the first action of any state, one for the second, and so on.
    Shared,
}

/// An agent whose policy is an LSTM of width 48 over the tokens of past actions.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{LstmAgent, LstmInput, Searcher};
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
/// }
///
/// let mut agent = LstmAgent::<Config>::builder().seed(7).input(LstmInput::Shared).build()?;
/// let trial: Trial<Config> = agent.ask()?;
/// let reward = f64::from(trial.config.layers);
/// agent.tell(trial, reward)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LstmAgent<U: Universe> {
    pub(crate) core: Core<Lstm>,
    universe: PhantomData<fn() -> U>,
}

// A derive would ask the universe's type to be `Clone`, of which there is no value here.
impl<U: Universe> Clone for LstmAgent<U> {
    fn clone(&self) -> Self {
        Self { core: self.core.clone(), universe: PhantomData }
    }
}

impl<U: Universe> fmt::Debug for LstmAgent<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut agent = formatter.debug_struct("LstmAgent");
        agent.field("universe", &std::any::type_name::<U>()).field("settings", &self.core.settings);
        agent.finish_non_exhaustive()
    }
}

impl<U: Universe> LstmAgent<U> {
    /// Builds an agent with other settings than the default.
    pub fn builder() -> LstmAgentBuilder<U> {
        LstmAgentBuilder::new()
    }

    /// An agent with fresh weights. The settings are the Transformer agent's; `attention` says nothing here.
    pub fn new(settings: Settings, input: LstmInput) -> Result<Self, BuildError> {
        let tasks = <U::Tasks as Tasks>::NAMES.len();
        let core = Core::new::<U>(settings, |graph, rng| Ok(Lstm::new(graph, tasks, input, rng)))?;
        Ok(Self { core, universe: PhantomData })
    }

    /// `Σ log π` over the decisions that make a config; where its space is judged on several tasks, for the first one.
    pub fn log_prob<T: SearchSpace>(&self, config: &T) -> Result<f64, ConfigError>
    where
        U: Contains<T>,
    {
        self.core.log_prob(self.first_pair(U::SPACE_INDEX), &encode(config)?)
    }

    fn first_pair(&self, space: usize) -> Pair {
        self.core.memories.of_space(space).first().copied().unwrap_or(Pair { space, task: 0 })
    }
}
