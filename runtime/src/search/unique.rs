//! Search without repeats.

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use super::searcher::Searcher;
use crate::agent::{AttentionMap, ConfigError, Importance, ObserveError, TransferReport, Trial};
use crate::checkpoint::{LoadError, SaveError};
use crate::space::{SampleError, SearchSpace};

/// A search that never asks for a config whose key it has seen: see [`Searcher::unique_by`].
#[derive(Clone)]
pub struct UniqueBy<S, T, K, F> {
    searcher: S,
    key: F,
    tried: HashSet<K>,
    config: PhantomData<fn(&T)>,
}

impl<S: fmt::Debug, T, K, F> fmt::Debug for UniqueBy<S, T, K, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut this = formatter.debug_struct("UniqueBy");
        this.field("searcher", &self.searcher).field("tried", &self.tried.len()).finish_non_exhaustive()
    }
}

impl<S, T, K, F> UniqueBy<S, T, K, F> {
    /// How often a config that was tried before is drawn again.
    pub const MAX_DRAWS: u32 = 10_000;

    pub(super) fn new(searcher: S, key: F) -> Self {
        Self { searcher, key, tried: HashSet::new(), config: PhantomData }
    }

    /// The search itself.
    pub fn inner(&self) -> &S {
        &self.searcher
    }

    /// The search itself, without the memory of what was tried.
    pub fn into_inner(self) -> S {
        self.searcher
    }
}

impl<T, S, K, F> Searcher<T> for UniqueBy<S, T, K, F>
where
    T: SearchSpace,
    S: Searcher<T>,
    K: Eq + Hash,
    F: FnMut(&T) -> K,
{
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        for _ in 0..Self::MAX_DRAWS {
            let trial = self.searcher.ask()?;
            if self.tried.insert((self.key)(&trial.config)) {
                return Ok(trial);
            }
        }
        Err(SampleError::Exhausted { space: std::any::type_name::<T>(), draws: Self::MAX_DRAWS })
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        let key = (self.key)(&trial.config);
        self.searcher.tell(trial, reward)?;
        self.tried.insert(key);
        Ok(())
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        self.searcher.trial(config)
    }

    /// That of the search itself: what was tried is recalled.
    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        self.searcher.snapshot()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        self.searcher.restore(snapshot)
    }

    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        self.searcher.adapt(snapshot, starts)
    }

    fn recalls(&self) -> bool {
        true
    }

    fn recall(&mut self, config: &T) {
        self.tried.insert((self.key)(config));
        self.searcher.recall(config);
    }

    fn importance(&self) -> Vec<Importance> {
        self.searcher.importance()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        self.searcher.attention(config)
    }
}
