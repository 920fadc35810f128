//! The search that is compared here: it learns from the trials of older ones.

use transfer_nas::search::{BayesianSearch, Searcher, Sources};

use crate::error::Error;
use crate::meaning::Meant;

pub(crate) type AnySearcher<T> = Box<dyn Searcher<T>>;

/// The trials of an older search over `S`.
pub(crate) struct Trials<S> {
    pub(crate) name: &'static str,
    pub(crate) configs_and_rewards: Vec<(S, f64)>,
}

/// The default search over `T`, which begins with what the trials of the sources say.
pub(crate) fn learning<S: Meant, T: Meant>(seed: u64, sources: &[Trials<S>]) -> Result<AnySearcher<T>, Error> {
    let add = |all: Sources, source: &Trials<S>| all.trials(source.name, source.configs_and_rewards.iter().cloned());
    let sources = sources.iter().try_fold(Sources::new(), add)?;
    Ok(Box::new(BayesianSearch::new(seed).learning_from(&sources)?.unique()))
}
