//! The typed front of a strategy.

use std::fmt;
use std::marker::PhantomData;

use super::context::Context;
use super::strategy::Strategy;
use crate::agent::{ObserveError, Trial};
use crate::policy::AnyConfig;
use crate::space::SampleError;
use crate::train::{Direction, Outcome};

/// A strategy as a [`Searcher`](super::Searcher) of configs of `T`.
pub struct Search<T, S> {
    pub(super) context: Context,
    pub(super) strategy: S,
    config: PhantomData<fn() -> T>,
}

// A derive would ask `T` to be `Clone`, of which there is no value here.
impl<T, S: Clone> Clone for Search<T, S> {
    fn clone(&self) -> Self {
        Self { context: self.context.clone(), strategy: self.strategy.clone(), config: PhantomData }
    }
}

impl<T, S: fmt::Debug> fmt::Debug for Search<T, S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut this = formatter.debug_struct("Search");
        this.field("space", &self.context.type_name()).field("strategy", &self.strategy).finish()
    }
}

impl<T: AnyConfig, S: Strategy> Search<T, S> {
    /// The search by a strategy, over all spaces and tasks of `T`.
    pub fn by(strategy: S) -> Self {
        Self { context: Context::of::<T>(), strategy, config: PhantomData }
    }

    /// Makes smaller rewards better: losses, times, costs.
    #[must_use]
    pub fn minimize(mut self) -> Self {
        self.context = self.context.towards(Direction::Minimize);
        self.strategy.towards(Direction::Minimize);
        self
    }

    /// The search by a strategy in this context.
    pub(super) fn within(context: Context, strategy: S) -> Self {
        Self { context, strategy, config: PhantomData }
    }

    /// The strategy.
    pub fn inner_strategy(&self) -> &S {
        &self.strategy
    }
}

/// What is put around a searcher.
pub trait Around {
    /// The searcher inside.
    type Inner;

    /// The searcher inside.
    fn inner(&self) -> &Self::Inner;

    /// The searcher inside, without what was put around it.
    fn into_inner(self) -> Self::Inner;
}

impl<T, S: Around> Search<T, S> {
    /// The search inside.
    pub fn inner(&self) -> &S::Inner {
        self.strategy.inner()
    }

    /// The search inside, without what was put around it.
    pub fn into_inner(self) -> S::Inner {
        self.strategy.into_inner()
    }
}

/// Asks a strategy, and reads what it proposes.
pub(super) fn ask<T: AnyConfig>(strategy: &mut dyn Strategy, context: &Context) -> Result<Trial<T>, SampleError> {
    let proposal = strategy.propose(context)?;
    context.trial(proposal)
}

/// Tells a strategy how a trial ended.
pub(super) fn tell<T: AnyConfig>(
    strategy: &mut dyn Strategy,
    context: &Context,
    trial: Trial<T>,
    outcome: Outcome,
) -> Result<(), ObserveError> {
    let proposal = context.proposal(trial)?;
    strategy.learn(context, &proposal, outcome.maximised(context.direction()))
}

/// The methods of `Searcher` that a typed front has from its `context`, and from its strategy as `&dyn` and `&mut dyn`.
macro_rules! by_strategy {
    ($config:ty, $this:ident, $shared:expr, $exclusive:expr) => {
        fn ask(&mut self) -> Result<Trial<$config>, SampleError> {
            let (context, $this) = (Searcher::<$config>::context(self), self);
            $crate::search::search::ask($exclusive, &context)
        }

        fn tell(&mut self, trial: Trial<$config>, reward: f64) -> Result<(), ObserveError> {
            self.tell_outcome(trial, Outcome::Reward(reward))
        }

        fn tell_outcome(&mut self, trial: Trial<$config>, outcome: Outcome) -> Result<(), ObserveError> {
            let (context, $this) = (Searcher::<$config>::context(self), self);
            $crate::search::search::tell($exclusive, &context, trial, outcome)
        }

        fn strategy(&self) -> Option<&dyn Strategy> {
            let $this = self;
            Some($shared)
        }

        fn strategy_mut(&mut self) -> Option<&mut dyn Strategy> {
            let $this = self;
            Some($exclusive)
        }
    };
}

pub(super) use by_strategy;
