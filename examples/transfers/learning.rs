//! The search that is compared here: it learns from the trials of older ones.

use transfer_nas::search::{BayesianSearch, Searcher};

use crate::Error;
use crate::meaning::Meant;
use crate::searches::AnySearcher;

/// The trials of an older search over `S`.
pub(crate) struct Trials<S> {
    #[expect(dead_code)] // Read as soon as `learning` looks at the trials.
    pub(crate) name: &'static str,
    pub(crate) configs_and_rewards: Vec<(S, f64)>,
}

/// The default search over `T`, which begins with what the trials of the sources say.
///
/// For the time being it says no more than `elites`, and the trials are not looked at.
#[expect(clippy::unnecessary_wraps)] // Trials may not be ones of the type.
pub(crate) fn learning<S: Meant, T: Meant>(
    seed: u64,
    sources: &[Trials<S>],
    elites: Vec<T>,
) -> Result<AnySearcher<T>, Error> {
    // The one place to change: `Sources::new()`, `.trials::<S>(name, configs_and_rewards)` for each source, and then
    // `.learning_from(&sources)?`.
    let _ = sources;
    Ok(Box::new(BayesianSearch::new(seed).starting_from(elites).unique()))
}
