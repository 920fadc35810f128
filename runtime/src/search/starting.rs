//! Search that begins with given configs.

use std::collections::VecDeque;

use super::searcher::Searcher;
use crate::agent::{AttentionMap, ConfigError, Importance, ObserveError, Trial};
use crate::space::{SampleError, SearchSpace};

/// A search that asks for given configs first: see [`Searcher::starting_from`].
#[derive(Debug, Clone)]
pub struct StartingFrom<S, T> {
    searcher: S,
    first: VecDeque<T>,
}

impl<S, T> StartingFrom<S, T> {
    pub(super) fn new(searcher: S, configs: impl IntoIterator<Item = T>) -> Self {
        Self { searcher, first: configs.into_iter().collect() }
    }

    /// The search itself.
    pub fn inner(&self) -> &S {
        &self.searcher
    }

    /// The search itself, without the configs that are left.
    pub fn into_inner(self) -> S {
        self.searcher
    }
}

impl<T: SearchSpace, S: Searcher<T>> Searcher<T> for StartingFrom<S, T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        while let Some(config) = self.first.pop_front() {
            if let Ok(trial) = self.searcher.trial(config) {
                return Ok(trial);
            }
        }
        self.searcher.ask()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        self.searcher.tell(trial, reward)
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        self.searcher.trial(config)
    }

    fn importance(&self) -> Vec<Importance> {
        self.searcher.importance()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        self.searcher.attention(config)
    }
}
