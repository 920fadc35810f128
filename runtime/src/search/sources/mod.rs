//! What is known of searches elsewhere, by names: of other types, spaces and tasks.

mod destination;
mod lessons;
mod places;
mod taken;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

pub(crate) use destination::{Destination, SpaceNames};
pub use lessons::Lessons;
pub(super) use lessons::{Group, Lesson, MOST_DATA, MOST_GROUPS, drop_places, shares};
pub(super) use taken::Taken;

use super::context::Context;
use super::written::Lines;
use crate::agent::ConfigError;
use crate::checkpoint::{Checkpoint, LoadError, Source, StateMeta, WrittenTrace};
use crate::policy::AnyConfig;
use crate::space::Names;
use crate::train::Outcome;

/// What searches elsewhere have to teach: trials with what they earned, and policies. Each source has names of its own, and rewards on a
/// scale of its own: they are compared within a source, and there within a space and task, and never between two.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{BayesianSearch, Searcher, Sources};
///
/// mod v1 {
///     use transfer_nas::prelude::*;
///     #[search_space]
///     pub struct Config { #[space(range = 1..=64)] pub width: u32 }
/// }
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=64, alias = "width")]
///     units: u32,
///     residual: bool,
/// }
///
/// let old = (1..=64).map(|width| (v1::Config { width }, -(f64::from(width) - 40.0).abs()));
/// let sources = Sources::new().trials("last month", old)?;
/// let mut search = BayesianSearch::<Config>::new(7).learning_from(&sources)?;
/// assert_eq!(search.ask()?.config.units, 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct Sources(pub(super) Vec<Earlier>);

/// One source.
#[derive(Clone)]
pub(crate) struct Earlier {
    /// What people call it.
    pub(crate) name: String,
    /// The type that was searched there.
    pub(crate) universe: String,
    pub(crate) states: Vec<StateMeta>,
    pub(crate) tasks: Vec<Names>,
    pub(crate) trials: Vec<EarlierTrial>,
    pub(crate) policy: Option<Arc<Checkpoint>>,
}

/// A trial by names.
#[derive(Debug, Clone)]
pub(crate) struct EarlierTrial {
    /// Its space; empty where there was only one.
    pub(crate) space: String,
    pub(crate) task: String,
    pub(crate) decisions: WrittenTrace,
    /// How it ended, where more is better.
    pub(crate) outcome: Outcome,
}

impl Sources {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With trials of any type, each with its reward, where more is better.
    pub fn trials<T: AnyConfig>(
        self,
        name: impl Into<String>,
        trials: impl IntoIterator<Item = (T, f64)>,
    ) -> Result<Self, ConfigError> {
        self.outcomes(name, trials.into_iter().map(|(config, reward)| (config, Outcome::Reward(reward))))
    }

    /// The same of trials that may have failed or been pruned.
    pub fn outcomes<T: AnyConfig>(
        mut self,
        name: impl Into<String>,
        trials: impl IntoIterator<Item = (T, Outcome)>,
    ) -> Result<Self, ConfigError> {
        let context = Context::of::<T>();
        let trial = |(config, outcome): (T, Outcome)| {
            let proposal = context.given(&config)?;
            let space = context.space(proposal.pair).to_owned();
            let task = context.task(proposal.pair).to_owned();
            let names = context.graph().names(proposal.pair.space, &proposal.trace);
            Ok(EarlierTrial { space, task, decisions: names?, outcome })
        };
        let trials = trials.into_iter().map(trial).collect::<Result<_, ConfigError>>()?;
        let (states, tasks) = Lines::of(&context).into_names();
        let universe = context.type_name().to_owned();
        self.0.push(Earlier { name: name.into(), universe, states, tasks, trials, policy: None });
        Ok(self)
    }

    /// With an agent: the path of its checkpoint, a [`Checkpoint`] or an agent. Of its trials it knows the elites.
    pub fn checkpoint(mut self, name: impl Into<String>, source: impl Source) -> Result<Self, LoadError> {
        let checkpoint = source.checkpoint()?.into_owned();
        let trials = checkpoint.meta.pairs.iter().flat_map(|pair| {
            let trial = move |elite: &crate::checkpoint::WrittenElite| EarlierTrial {
                space: pair.space.clone(),
                task: pair.task.clone(),
                decisions: elite.trace.clone(),
                outcome: Outcome::Reward(elite.reward),
            };
            // Those that it carries are of other sources, whose rewards are other ones.
            let elites = if pair.elites.is_empty() { &pair.carried } else { &pair.elites };
            elites.iter().map(trial)
        });
        // The rewards of elites are written with the sign with which more is better.
        self.0.push(Earlier {
            name: name.into(),
            universe: checkpoint.meta.universe.clone(),
            states: checkpoint.meta.states.clone(),
            tasks: checkpoint.meta.tasks.clone(),
            trials: trials.collect(),
            policy: Some(Arc::new(checkpoint)),
        });
        Ok(self)
    }

    /// With another source.
    pub(crate) fn with(mut self, source: Earlier) -> Self {
        self.0.push(source);
        self
    }

    /// The tasks of all, some of them several times.
    pub(crate) fn tasks(&self) -> impl Iterator<Item = &str> {
        self.0.iter().flat_map(|source| &source.tasks).map(|task| task.name.as_str())
    }

    /// How many sources there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = |source: &Earlier| (source.name.clone(), source.trials.len(), source.policy.is_some());
        formatter.debug_list().entries(self.0.iter().map(source)).finish()
    }
}
