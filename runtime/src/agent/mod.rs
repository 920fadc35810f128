//! The agent: samples typed configs and learns from their rewards.

mod attention;
mod builder;
mod compare;
pub(crate) mod core;
pub(crate) mod dictionary;
mod imagined;
mod importance;
mod inspect;
pub(crate) mod matching;
pub(crate) mod observation;
mod observe;
mod on_task;
mod once;
pub(crate) mod report;
pub(crate) mod sample;
pub(crate) mod save;
#[cfg(test)]
mod step_tests;
mod transfer;
mod trial;

use std::fmt;
use std::marker::PhantomData;
use std::panic::{RefUnwindSafe, UnwindSafe};

pub use attention::AttentionMap;
pub use builder::AgentBuilder;
pub use importance::Importance;
pub use inspect::{Best, Embeddings, Table};
pub use observation::{Observation, ObserveError};
pub use on_task::OnTask;
pub use report::{Dropped, Entry, Fate, Share, SourceReport, StateReport, TransferReport};
pub use sample::ConfigError;
pub use trial::Trial;

pub use crate::space::SampleError;
pub use crate::train::{BuildError, MAX_REWARD, Outcome, Rewards, Settings};

use self::core::Core;
use crate::policy::Universe;
use crate::policy::tables::Tables;
use crate::space::Graph;
use crate::train::model::Transformer;

/// A Transformer agent over the universe `U`.
///
/// Its embedding tables have the sizes of `U` in their types. The same seed and the same calls give the same bits,
/// whatever runs beside it.
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[search_space]
/// #[derive(Debug)]
/// struct Config {
///     #[space(choices = [16, 32, 64])]
///     width: u32,
///     residual: bool,
/// }
///
/// let mut agent = Agent::<Config>::builder().seed(7).build()?;
/// for _ in 0..20 {
///     let trial = agent.sample::<Config>()?;
///     let reward = f64::from(trial.config.width) / 64.0;
///     agent.observe(trial, reward)?;
/// }
/// assert_eq!(agent.best::<Config>().unwrap().config.width, 64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Agent<U> {
    pub(crate) core: Core<Transformer>,
    universe: PhantomData<fn() -> U>,
}

// A derive would ask the universe's type to be `Clone`, of which there is no value here.
impl<U> Clone for Agent<U> {
    fn clone(&self) -> Self {
        Self { core: self.core.clone(), universe: PhantomData }
    }
}

impl<U> fmt::Debug for Agent<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Core { settings, model, samples, .. } = &self.core;
        let mut agent = formatter.debug_struct("Agent");
        agent.field("universe", &std::any::type_name::<U>()).field("settings", settings).field("model", model);
        agent.field("samples", samples).finish_non_exhaustive()
    }
}

// What a panic interrupts is at worst a step that is half made: all numbers stay readable, as with any tensor.
impl<U> UnwindSafe for Agent<U> {}
impl<U> RefUnwindSafe for Agent<U> {}

impl<U> Agent<U> {
    /// Builds an agent with other settings than the default.
    pub fn builder() -> AgentBuilder<U> {
        AgentBuilder::new()
    }
}

impl<U: Universe> Agent<U> {
    fn new(settings: Settings) -> Result<Self, BuildError> {
        let attention = settings.attention;
        let core = Core::new::<U>(settings, |graph, rng| {
            let model = Transformer::fresh(attention, Box::new(Tables::<U, f32>::zeros()), rng);
            check_sizes::<U>(graph, &model)?;
            Ok(model)
        })?;
        Ok(Self { core, universe: PhantomData })
    }

    /// The agent of a core over the same universe.
    pub(crate) fn of(core: Core<Transformer>) -> Self {
        Self { core, universe: PhantomData }
    }

    /// The settings that the agent was built with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.core.settings
    }

    /// The states and actions of the universe.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.core.graph
    }
}

/// The tables must have a row for each name; they have not where two names have one hash.
fn check_sizes<U: Universe>(graph: &Graph, model: &Transformer) -> Result<(), BuildError> {
    let weights = &model.weights;
    let sizes = [graph.vocabulary().states().len(), graph.vocabulary().actions(), crate::space::longest(U::START)];
    if sizes != [weights.states.len(), weights.actions.len(), weights.positions.len()] {
        return Err(BuildError::HashCollision { universe: std::any::type_name::<U>() });
    }
    Ok(())
}
