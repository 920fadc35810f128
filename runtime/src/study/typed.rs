//! Between a study, which knows traces, and a searcher with its configs: what is compiled for each type.

use std::sync::Arc;

use super::desk::Handed;
use super::running::{Hand, Link, Running};
use super::untyped::Untyped;
use crate::agent::sample::valid_config;
use crate::agent::{ObserveError, SampleError, TransferReport, Trial};
use crate::checkpoint::{LoadError, SaveError};
use crate::search::Searcher;
use crate::space::{SearchSpace, Trace};

/// The searcher of a study.
pub(super) struct Kept<S> {
    /// As it was given.
    pub(super) pristine: S,
    /// As far as it was brought here.
    current: Option<S>,
}

impl<S: Clone> Kept<S> {
    pub(super) fn new(pristine: S) -> Self {
        Self { pristine, current: None }
    }

    pub(super) fn current(&mut self) -> &mut S {
        self.current.get_or_insert_with(|| self.pristine.clone())
    }
}

/// The searcher during one transaction, with the configs that came up in it.
pub(super) struct Typed<'a, T, S> {
    kept: &'a mut Kept<S>,
    /// By the number of the trial.
    configs: Vec<(u64, T)>,
}

impl<'a, T, S> Typed<'a, T, S> {
    pub(super) fn new(kept: &'a mut Kept<S>) -> Self {
        Self { kept, configs: Vec::new() }
    }

    /// Trials that were handed out, with their configs; those that nobody was handed are forgotten.
    pub(super) fn running(&mut self, handed: Vec<Handed>, link: &Arc<Link>) -> Vec<Running<T>> {
        let mut configs = std::mem::take(&mut self.configs);
        let with_config = |handed: Handed| {
            let place = configs.iter().position(|(number, _)| *number == handed.number)?;
            Some(Running::new(Hand::new(handed, Arc::clone(link)), configs.swap_remove(place).1))
        };
        handed.into_iter().filter_map(with_config).collect()
    }
}

/// The config of a trace, where it makes a valid one.
pub(super) fn config<T: SearchSpace>(trace: &Trace) -> Option<T> {
    valid_config(trace).ok().flatten()
}

impl<T: SearchSpace, S: Searcher<T> + Clone> Untyped for Typed<'_, T, S> {
    fn reset(&mut self) {
        self.kept.current = None;
    }

    fn ask(&mut self, number: u64) -> Result<Trial<()>, SampleError> {
        let (config, trial) = self.kept.current().ask()?.split();
        self.configs.push((number, config));
        Ok(trial)
    }

    fn ask_again(&mut self) {
        drop(self.kept.current().ask());
    }

    fn admit(&mut self, number: u64, trace: &Trace) -> bool {
        let config = config(trace).map(|config| (number, config));
        let is_one = config.is_some();
        self.configs.extend(config);
        is_one
    }

    fn tell(&mut self, trial: Trial<()>, reward: f64) -> Result<bool, ObserveError> {
        match config(&trial.trace) {
            Some(config) => self.kept.current().tell(trial.with(config), reward).map(|()| true),
            None => Ok(false),
        }
    }

    fn recalls(&mut self) -> bool {
        self.kept.current().recalls()
    }

    fn recall(&mut self, trace: &Trace) {
        if let Some(config) = config(trace) {
            self.kept.current().recall(&config);
        }
    }

    fn snapshot(&mut self) -> Result<Option<Vec<u8>>, SaveError> {
        self.kept.current().snapshot()
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<bool, LoadError> {
        self.kept.current().restore(snapshot)
    }

    fn adapt(&mut self, snapshot: &[u8], starts: usize) -> Result<Option<TransferReport>, LoadError> {
        self.kept.current().adapt(snapshot, starts)
    }
}
