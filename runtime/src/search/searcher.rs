//! What all ways to search have in common.

use std::hash::Hash;

use super::climbing::Climbing;
use super::starting::StartingFrom;
use super::unique::UniqueBy;
use crate::agent::{Agent, AttentionMap, ConfigError, Importance, ObserveError, TransferReport, Trial};
use crate::checkpoint::{Checkpoint, LoadError, SaveError};
use crate::policy::{Contains, Universe};
use crate::space::{SampleError, SearchSpace};

/// A way to search a space: it is asked for configs, and told what they earned.
///
/// Several trials may be pending; they may be told in any order, or never.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{RandomSearch, Searcher};
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
/// }
///
/// fn best(mut searcher: impl Searcher<Config>, trials: u32) -> Result<u32, Box<dyn std::error::Error>> {
///     let mut best = 0;
///     for _ in 0..trials {
///         let trial = searcher.ask()?;
///         let layers = trial.config.layers;
///         searcher.tell(trial, f64::from(layers))?;
///         best = best.max(layers);
///     }
///     Ok(best)
/// }
///
/// let agent = Agent::<Config>::builder().seed(1).build()?;
/// assert_eq!(best(agent.unique_by(|config: &Config| config.layers), 8)?, 8);
/// assert_eq!(best(RandomSearch::new(1).starting_from([Config { layers: 8 }]), 1)?, 8);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Searcher<T: SearchSpace> {
    /// A config to evaluate.
    fn ask(&mut self) -> Result<Trial<T>, SampleError>;

    /// What a config earned: a finite number, maximised. On an error the searcher is as it was.
    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError>;

    /// A trial of a config that came from elsewhere, to be told.
    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError>;

    /// All that the search knows, as bytes with which [`restore`](Self::restore) goes on just where this one stands. None where
    /// there is no such form: then a study asks and tells all over again.
    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        Ok(None)
    }

    /// Becomes the search of which this is a snapshot. False where snapshots are not of use to it.
    fn restore(&mut self, _snapshot: &[u8]) -> Result<bool, LoadError> {
        Ok(false)
    }

    /// Takes over, by names, what a search over another type knew, and proposes the best `starts` configs of that first, as far as
    /// their decisions are ones here. None where snapshots are not of use to it.
    fn adapt(&mut self, _snapshot: &[u8], _starts: usize) -> Result<Option<TransferReport>, LoadError> {
        Ok(None)
    }

    /// Whether the search keeps something of each config that a snapshot does not hold, so that it is to
    /// [`recall`](Self::recall) those of a study that it goes on with.
    fn recalls(&self) -> bool {
        false
    }

    /// Takes note of a config that was asked for or told before the snapshot.
    fn recall(&mut self, _config: &T) {}

    /// What the policy makes of each state now; nothing where there is no policy to look into.
    fn importance(&self) -> Vec<Importance> {
        Vec::new()
    }

    /// Who attends to whom along the decisions that make a config, where there is attention.
    fn attention(&self, _config: &T) -> Option<AttentionMap> {
        None
    }

    /// The same search without repeats: a config whose key was asked or told before is drawn again, at most
    /// [`UniqueBy::MAX_DRAWS`] times in a row, which then is [`SampleError::Exhausted`].
    fn unique_by<K, F>(self, key: F) -> UniqueBy<Self, T, K, F>
    where
        Self: Sized,
        K: Eq + Hash,
        F: FnMut(&T) -> K,
    {
        UniqueBy::new(self, key)
    }

    /// The same search with these configs first, in their order. One that is not in the space is passed over.
    fn starting_from(self, configs: impl IntoIterator<Item = T>) -> StartingFrom<Self, T>
    where
        Self: Sized,
    {
        StartingFrom::new(self, configs)
    }

    /// The same search, of whose trials a share, from 0 to 1, are neighbours of the best config so far: one decision is taken
    /// otherwise, as [`LocalSearch`](super::LocalSearch) does. The search learns from these trials like from its own.
    ///
    /// With [`unique_by`](Self::unique_by) around it, an agent whose policy has settled does not draw the same config over
    /// and over: a neighbour that was not tried comes up first.
    fn climbing(self, share: f64, seed: u64) -> Climbing<Self, T>
    where
        Self: Sized,
    {
        Climbing::new(self, share, seed)
    }
}

impl<T: SearchSpace, U: Contains<T> + Universe> Searcher<T> for Agent<U> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        self.sample()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        self.observe(trial, reward).map(drop)
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        self.trial(config)
    }

    /// The checkpoint, as a safetensors file has it.
    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        self.checkpoint().to_bytes().map(Some)
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        *self = Self::resume(&Checkpoint::from_bytes(snapshot)?)?;
        Ok(true)
    }

    /// A transfer, with the settings of the agent that this was.
    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        let builder = Self::builder().settings(self.settings().clone());
        let (mut agent, report) = builder.transfer(&Checkpoint::from_bytes(snapshot)?)?;
        agent.proposals_first(starts);
        *self = agent;
        Ok(Some(report))
    }

    fn importance(&self) -> Vec<Importance> {
        self.importance::<T>().unwrap_or_default()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        self.attention(config).ok()
    }
}

impl<T: SearchSpace, S: Searcher<T> + ?Sized> Searcher<T> for Box<S> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        (**self).ask()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        (**self).tell(trial, reward)
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        (**self).trial(config)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        (**self).snapshot()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        (**self).restore(snapshot)
    }

    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        (**self).adapt(snapshot, starts)
    }

    fn recalls(&self) -> bool {
        (**self).recalls()
    }

    fn recall(&mut self, config: &T) {
        (**self).recall(config);
    }

    fn importance(&self) -> Vec<Importance> {
        (**self).importance()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        (**self).attention(config)
    }
}

impl<T: SearchSpace, S: Searcher<T> + ?Sized> Searcher<T> for &mut S {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        (**self).ask()
    }

    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        (**self).tell(trial, reward)
    }

    fn trial(&self, config: T) -> Result<Trial<T>, ConfigError> {
        (**self).trial(config)
    }

    fn snapshot(&self) -> Result<Option<Vec<u8>>, SaveError> {
        (**self).snapshot()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        (**self).restore(snapshot)
    }

    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        (**self).adapt(snapshot, starts)
    }

    fn recalls(&self) -> bool {
        (**self).recalls()
    }

    fn recall(&mut self, config: &T) {
        (**self).recall(config);
    }

    fn importance(&self) -> Vec<Importance> {
        (**self).importance()
    }

    fn attention(&self, config: &T) -> Option<AttentionMap> {
        (**self).attention(config)
    }
}
