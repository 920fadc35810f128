//! The typed front of an agent that dreams.

use std::fmt;
use std::marker::PhantomData;

use super::super::context::Context;
use super::super::search::by_strategy;
use super::super::searcher::Searcher;
use super::super::strategy::Strategy;
use super::{Dreaming, Dreams};
use crate::agent::core::Core;
use crate::agent::{Agent, AgentBuilder, BuildError, ObserveError, SampleError, TransferReport, Trial};
use crate::checkpoint::{LoadError, Source};
use crate::policy::{AnyConfig, Serves, Universe};
use crate::train::Outcome;

/// An [`Agent`] that also learns from imagined trials.
///
/// A Gaussian process over traces, that of the [default search](super::super::BayesianSearch), learns what real trials earn. After
/// each of these the policy is asked for some configs more, the process for what they might earn (a draw from its posterior), and the
/// agent takes a step up the ranks of these among each other. Where a policy needs hundreds of trials to learn what is good, it so
/// needs a tenth of them: `docs/reproduction.md`, "What dreams change". Nothing is imagined while predictions have little to do with
/// what is earned.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{Dreams, Searcher};
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=64)]
///     layers: u32,
///     residual: bool,
/// }
///
/// let mut agent = Agent::<Config>::builder().seed(7).dreams(Dreams::new()).build()?;
/// for _ in 0..30 {
///     let trial: Trial<Config> = agent.ask()?;
///     let reward = -(f64::from(trial.config.layers) - 40.0).abs();
///     agent.tell(trial, reward)?;
/// }
/// let agent: Agent<Config> = agent.into_agent();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DreamingAgent<U: Universe> {
    dreaming: Dreaming,
    universe: PhantomData<fn() -> U>,
}

// A derive would ask the universe's type to be `Clone`, of which there is no value here.
impl<U: Universe> Clone for DreamingAgent<U> {
    fn clone(&self) -> Self {
        Self { dreaming: self.dreaming.clone(), universe: PhantomData }
    }
}

impl<U: Universe> fmt::Debug for DreamingAgent<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut agent = formatter.debug_struct("DreamingAgent");
        agent.field("universe", &std::any::type_name::<U>()).field("dreams", &self.dreaming.dreams);
        agent.finish_non_exhaustive()
    }
}

impl<U: Universe> DreamingAgent<U> {
    /// Has an agent dream from now on, with a teacher that has heard of no trial yet.
    pub fn new(agent: Agent<U>, dreams: Dreams) -> Result<Self, BuildError> {
        dreams.check()?;
        Ok(Self { dreaming: Dreaming::new(agent.core, dreams), universe: PhantomData })
    }

    /// A copy of the agent as it is now: to be saved, transferred, or inspected.
    #[must_use]
    pub fn agent(&self) -> Agent<U> {
        Agent::of(self.dreaming.agent.clone())
    }

    /// The agent, which does not dream any more.
    #[must_use]
    pub fn into_agent(self) -> Agent<U> {
        Agent::of(self.dreaming.agent)
    }
}

/// Builds a [`DreamingAgent`]: see [`AgentBuilder::dreams`].
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct DreamingAgentBuilder<U> {
    agent: AgentBuilder<U>,
    dreams: Dreams,
}

impl<U: Universe> AgentBuilder<U> {
    /// Has the agent learn from imagined trials, too; see [`DreamingAgent`]. `Dreams` has a weight of imitation of its own, which
    /// takes the place of that of the settings.
    pub fn dreams(self, dreams: Dreams) -> DreamingAgentBuilder<U> {
        DreamingAgentBuilder { agent: self, dreams }
    }
}

impl<U: Universe> DreamingAgentBuilder<U> {
    /// The agent, with fresh weights.
    pub fn build(self) -> Result<DreamingAgent<U>, BuildError> {
        DreamingAgent::new(self.agent.build()?, self.dreams)
    }

    /// An agent that begins with what another one learned; see [`Agent::transfer`].
    pub fn transfer(self, source: impl Source) -> Result<(DreamingAgent<U>, TransferReport), LoadError> {
        let (agent, report) = self.agent.transfer(source)?;
        Ok((DreamingAgent::new(agent, self.dreams)?, report))
    }
}

// Compiled here, once, and not in the crate of the user with each type.
#[inline(never)]
fn shared(dreaming: &Dreaming) -> &dyn Strategy {
    dreaming
}

#[inline(never)]
fn exclusive(dreaming: &mut Dreaming) -> &mut dyn Strategy {
    dreaming
}

impl<T: AnyConfig, U: Serves<T> + Universe> Searcher<T> for DreamingAgent<U> {
    by_strategy!(T, this, shared(&this.dreaming), exclusive(&mut this.dreaming));

    fn context(&self) -> Context {
        let Core { graph, memories, settings, .. } = &self.dreaming.agent;
        Context::served::<T, U>(graph, memories.pairs()).towards(settings.direction)
    }
}
