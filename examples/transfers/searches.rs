//! The searches that are compared.

use clap::ValueEnum;
use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::Serialize;
use transfer_nas::search::{BayesianSearch, Searcher};

use crate::error::Error;
use crate::learning::{AnySearcher, Trials, learning};
use crate::listed::Listed;
use crate::meaning::{Meaning, Meant};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Method {
    /// The default, which knows nothing of the sources.
    Cold,
    /// The ten best configs of the sources first, then the default.
    Elites,
    /// The default, which learns from all trials of the sources.
    LearnFrom,
}

impl Method {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Elites => "elites",
            Self::LearnFrom => "learn-from",
        }
    }
}

/// A search without repeats over `T`, after searches over `S`.
pub(crate) fn searcher<S: Meant, T: Meant>(
    method: Method,
    seed: u64,
    sources: &[Trials<S>],
    listed: &Listed<T>,
) -> Result<AnySearcher<T>, Error> {
    let elites = || elites(sources, listed, &mut Pcg64::seed_from_u64(seed ^ ELITES));
    Ok(match method {
        Method::Cold => Box::new(BayesianSearch::new(seed).unique()),
        Method::Elites => Box::new(BayesianSearch::new(seed).starting_from(elites()).unique()),
        Method::LearnFrom => learning(seed, sources)?,
    })
}

/// What tells the seed of what is new in elites from that of a search.
const ELITES: u64 = 0x2545_f491_4f6c_dd1d;

/// The ten distinct best configs of the sources, in turns, as configs of the target. What is new in these is drawn at random.
fn elites<S: Meant, T: Meant>(sources: &[Trials<S>], listed: &Listed<T>, rng: &mut Pcg64) -> Vec<T> {
    const ELITES: usize = 10;
    let ranked: Vec<Vec<Meaning>> = sources.iter().map(best_first).collect();
    let longest = ranked.iter().map(Vec::len).max().unwrap_or_default();
    let turns = (0..longest).flat_map(|rank| ranked.iter().filter_map(move |source| source.get(rank)));
    let (mut elites, mut known) = (Vec::new(), Vec::new());
    for meaning in turns {
        if elites.len() == ELITES {
            break;
        }
        let config = listed.closest(meaning, rng);
        if !known.contains(&config.meaning()) {
            known.push(config.meaning());
            elites.push(config);
        }
    }
    elites
}

fn best_first<S: Meant>(source: &Trials<S>) -> Vec<Meaning> {
    let mut ranked: Vec<&(S, f64)> = source.configs_and_rewards.iter().collect();
    ranked.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    ranked.into_iter().map(|(config, _)| config.meaning()).collect()
}
