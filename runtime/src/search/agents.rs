//! Agents as strategies, and as searchers of their spaces.

use super::context::{Context, Proposal};
use super::lstm::{Lstm, LstmAgent};
use super::search::by_strategy;
use super::searcher::Searcher;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken};
use crate::agent::core::Core;
use crate::agent::observation::check;
use crate::agent::{Agent, AttentionMap, Importance, ObserveError, OnTask, SampleError, TransferReport, Trial};
use crate::checkpoint::{Checkpoint, LoadError, SaveError};
use crate::policy::{AnyConfig, Pair, Serves, Universe};
use crate::space::Trace;
use crate::space::guide::Guide;
use crate::train::model::{Model, Transformer};
use crate::train::{Direction, Outcome};

impl<M: Model + Clone> Strategy for Core<M> {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        let pair = context.draw_pair(&mut self.rng)?;
        let read = |trace: &Trace| Ok(context.is_valid(pair, trace)?.then_some(()));
        let named = |error| match error {
            SampleError::NoValidConfig { draws, .. } => {
                SampleError::NoValidConfig { space: context.type_name(), draws }
            }
            other => other,
        };
        let Trial { trace, log_prob, .. } = self.sample(pair, read).map_err(named)?;
        Ok(Proposal { log_prob, ..Proposal::chosen(pair, trace) })
    }

    fn towards(&mut self, direction: Direction) {
        self.settings.direction = direction;
    }

    fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
        check(self.settings.rewards, outcome)
    }

    fn learn(&mut self, _: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        Core::learn(self, proposal.pair, &[(&proposal.trace, outcome)]).map(drop)
    }

    /// The checkpoint, as a safetensors file has it.
    fn snapshot(&self, _: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.checkpoint().to_bytes().map(Some)
    }

    fn restore(&mut self, _: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let checkpoint = agent_of(snapshot)?;
        checkpoint.settings().check()?;
        let mut fresh = self.clone();
        fresh.settings = checkpoint.settings().clone();
        *self = fresh.resumed(&checkpoint)?;
        Ok(true)
    }

    /// A transfer, with the settings of the agent that this was.
    fn adapt(&mut self, _: &Context, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        let mut agent = self.clone();
        agent.begin_anew();
        let report = agent.take_over(&agent_of(snapshot)?)?;
        agent.proposals_first(starts);
        *self = agent;
        Ok(Some(report))
    }

    /// The first policy among the sources that is one of such an agent.
    fn learn_from(&mut self, _: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        for (source, checkpoint) in &lessons.policies {
            let mut agent = self.clone();
            agent.begin_anew();
            match agent.take_over(checkpoint) {
                Ok(report) => {
                    *self = agent;
                    return Ok(Taken { policy: Some((*source, report.positions)), ..Taken::default() });
                }
                // It is a policy of another kind.
                Err(LoadError::Tensor { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Taken::default())
    }

    fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
        let read = |trace: &Trace| Ok(context.is_valid(pair, trace)?.then_some(()));
        let completed: Option<Trial<()>> = Core::complete(self, pair, guide, &read).ok()?;
        completed.map(|trial| trial.trace)
    }

    fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
        Core::log_prob(self, pair, trace).unwrap_or_default()
    }

    fn importance(&self, pair: Pair) -> Vec<Importance> {
        Core::importance(self, pair).unwrap_or_default()
    }

    fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
        Core::attention(self, pair, trace).ok().flatten()
    }

    fn acceptance(&self, pair: Pair) -> Option<f64> {
        self.acceptance_of(&[pair])
    }
}

/// The agent's checkpoint in a snapshot.
fn agent_of(snapshot: &[u8]) -> Result<Checkpoint, LoadError> {
    let other = || LoadError::OtherStrategy { found: "a search without an agent".to_owned(), expected: "an agent" };
    Checkpoint::from_snapshot(snapshot)?.ok_or_else(other)
}

// What an agent does as a strategy is compiled here, once, and not in the crate of the user with each type.
#[inline(never)]
fn shared(core: &Core<Transformer>) -> &dyn Strategy {
    core
}

#[inline(never)]
fn exclusive(core: &mut Core<Transformer>) -> &mut dyn Strategy {
    core
}

#[inline(never)]
fn shared_lstm(core: &Core<Lstm>) -> &dyn Strategy {
    core
}

#[inline(never)]
fn exclusive_lstm(core: &mut Core<Lstm>) -> &mut dyn Strategy {
    core
}

impl<T: AnyConfig, U: Serves<T> + Universe> Searcher<T> for Agent<U> {
    by_strategy!(T, this, shared(&this.core), exclusive(&mut this.core));

    fn context(&self) -> Context {
        let Core { graph, memories, settings, .. } = &self.core;
        Context::served::<T, U>(graph, memories.pairs()).towards(settings.direction)
    }
}

impl<T: AnyConfig, U: Serves<T> + Universe> Searcher<T> for LstmAgent<U> {
    by_strategy!(T, this, shared_lstm(&this.core), exclusive_lstm(&mut this.core));

    fn context(&self) -> Context {
        let Core { graph, memories, settings, .. } = &self.core;
        Context::served::<T, U>(graph, memories.pairs()).towards(settings.direction)
    }
}

impl<T: AnyConfig, U: Serves<T> + Universe> Searcher<T> for OnTask<'_, U> {
    by_strategy!(T, this, shared(&this.agent.core), exclusive(&mut this.agent.core));

    fn context(&self) -> Context {
        let Core { graph, memories, settings, .. } = &self.agent.core;
        let pairs = memories.pairs().into_iter().filter(|pair| pair.task == self.task).collect();
        Context::served::<T, U>(graph, pairs).towards(settings.direction)
    }
}
