//! The tree-structured Parzen estimator of the crate `tpe`, as a peer: one estimator for each decision by its name, as that crate
//! has it. What is not decided teaches nothing.

use std::collections::HashMap;

use rand::SeedableRng;
use rand_pcg::Pcg64;
use tpe::TpeOptimizer;
use transfer_nas::AnyConfig;
use transfer_nas::agent::{ObserveError, SampleError};
use transfer_nas::prelude::*;
use transfer_nas::search::Searcher;
use transfer_nas::space::Trace;

/// A config made of the decisions that a function takes.
pub(crate) type Compose<T> = fn(&mut dyn FnMut(&str, usize) -> usize) -> T;

/// A config, and what its decisions took, by name.
type Composed<T> = (T, Vec<(String, f64)>);

pub(crate) struct TpeSearch<T> {
    compose: Compose<T>,
    rng: Pcg64,
    estimators: HashMap<String, TpeOptimizer>,
    /// What each pending config decided.
    pending: HashMap<Trace, Vec<(String, f64)>>,
}

impl<T> TpeSearch<T> {
    pub(crate) fn new(seed: u64, compose: Compose<T>) -> Self {
        Self { compose, rng: Pcg64::seed_from_u64(seed), estimators: HashMap::new(), pending: HashMap::new() }
    }
}

impl<T> TpeSearch<T> {
    /// Has the estimators make a config.
    #[allow(clippy::cast_sign_loss)] // An index, as the crate has it.
    fn compose(&mut self) -> Result<Composed<T>, Box<dyn std::error::Error>> {
        let (mut decided, mut fault, compose) = (Vec::new(), None, self.compose);
        let config = compose(&mut |name, count| match self.pick(name, count) {
            Ok(value) => {
                decided.push((name.to_owned(), value));
                (value as usize).min(count - 1)
            }
            Err(error) => {
                fault = Some(error);
                0
            }
        });
        fault.map_or(Ok((config, decided)), Err)
    }

    /// The action that a decision takes.
    fn pick(&mut self, name: &str, count: usize) -> Result<f64, Box<dyn std::error::Error>> {
        if !self.estimators.contains_key(name) {
            let range = tpe::categorical_range(count)?;
            self.estimators.insert(name.to_owned(), TpeOptimizer::new(tpe::histogram_estimator(), range));
        }
        let estimator = self.estimators.get_mut(name).ok_or("an estimator that was just made")?;
        Ok(estimator.ask(&mut self.rng)?)
    }
}

impl<T: AnyConfig + SearchSpace> Searcher<T> for TpeSearch<T> {
    fn ask(&mut self) -> Result<Trial<T>, SampleError> {
        const DRAWS: u32 = 10_000;
        let foreign = |reason: String| SampleError::Foreign { reason };
        for _ in 0..DRAWS {
            let (config, decided) = self.compose().map_err(|error| foreign(error.to_string()))?;
            if config.is_valid() {
                let trial = self.trial(config).map_err(|error| foreign(error.to_string()))?;
                self.pending.insert(trial.trace().clone(), decided);
                return Ok(trial);
            }
        }
        Err(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: DRAWS })
    }

    /// It minimises.
    fn tell(&mut self, trial: Trial<T>, reward: f64) -> Result<(), ObserveError> {
        for (name, value) in self.pending.remove(trial.trace()).unwrap_or_default() {
            if let Some(estimator) = self.estimators.get_mut(&name) {
                let told = estimator.tell(value, -reward);
                told.map_err(|error| ObserveError::Undecodable { reason: error.to_string() })?;
            }
        }
        Ok(())
    }
}
