//! Search without repeats.

use std::collections::BTreeSet;
use std::fmt;

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::key::{ByKey, ByTrace, Key};
use super::known::Known;
use super::search::{Around, Search};
use super::sources::Lessons;
use super::strategy::{Strategy, Taken, by_inner, learns_by_inner};
use super::tried::{Tried, WrittenIdentities};
use super::untried::{Finder, Left};
use super::written::place;
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy that never proposes a config which was tried: see [`Searcher::unique`](super::Searcher::unique) and
/// [`Searcher::unique_by`](super::Searcher::unique_by).
///
/// Where the strategy proposes what was tried a few times in a row, the search finds a config near to that which was not: one with a
/// decision taken otherwise, or a few. Where that does not help, what is left of a small space is listed.
#[derive(Clone)]
pub struct Unique<S, K = ByTrace> {
    strategy: S,
    key: K,
    memory: Memory,
}

/// What a search without repeats knows. What it does with the strategy inside is compiled once for all of them.
#[derive(Debug, Clone)]
struct Memory {
    tried: Tried,
    finder: Finder,
    /// The pairs of which all was tried.
    used_up: BTreeSet<Pair>,
    /// Whether only what failed is not proposed again.
    repeats: bool,
}

/// A search without repeats around a searcher, of configs that a key tells apart.
pub type UniqueBy<S, T, K, F> = Search<T, Unique<Erased<S, T>, ByKey<T, K, F>>>;

impl<S: fmt::Debug, K> fmt::Debug for Unique<S, K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut this = formatter.debug_struct("Unique");
        this.field("strategy", &self.strategy).field("tried", &self.memory.tried.keys.len()).finish_non_exhaustive()
    }
}

impl<S, K> Unique<S, K> {
    pub(crate) fn new(strategy: S, key: K) -> Self {
        let finder = Finder::new(Pcg64::seed_from_u64(0), BTreeSet::new());
        let memory = Memory { tried: Tried::default(), finder, used_up: BTreeSet::new(), repeats: false };
        Self { strategy, key, memory }
    }

    /// Lets what did not fail be proposed again, or not.
    pub(crate) fn with_repeats(mut self, repeats: bool) -> Self {
        self.memory.repeats = repeats;
        self
    }

    /// The strategy inside.
    pub(crate) fn strategy(&self) -> &S {
        &self.strategy
    }
}

impl<S, T, K> Around for Unique<Erased<S, T>, K> {
    type Inner = S;

    fn inner(&self) -> &S {
        &self.strategy.searcher
    }

    fn into_inner(self) -> S {
        self.strategy.searcher
    }
}

/// Proposes something new; compiled once for all strategies.
fn propose(
    strategy: &mut dyn Strategy,
    known: &mut Known<'_>,
    finder: &mut Finder,
    used_up: &mut BTreeSet<Pair>,
    context: &Context,
) -> Result<Proposal, SampleError> {
    if context.pairs().is_empty() {
        return strategy.propose(context);
    }
    loop {
        let Some(open) = context.without(used_up) else {
            return Err(SampleError::Exhausted { space: context.type_name(), tried: known.tried.keys.len() });
        };
        let mut last = strategy.propose(&open)?;
        for _ in 1..strategy.draws() {
            if known.take(&open, &last) {
                return Ok(last);
            }
            strategy.passed_over(&open, &last);
            last = strategy.propose(&open)?;
        }
        if known.take(&open, &last) {
            return Ok(last);
        }
        strategy.passed_over(&open, &last);
        match finder.find(&open, last.pair, &last.trace, known)? {
            Left::Found(trace) => {
                let log_prob = strategy.log_prob(last.pair, &trace);
                let found = Proposal { trace, log_prob, ..last };
                known.take(&open, &found);
                return Ok(found);
            }
            Left::UsedUp => _ = used_up.insert(last.pair),
            Left::Unknown(draws) => return Err(SampleError::NothingNew { space: context.type_name(), draws }),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct State {
    identities: WrittenIdentities,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    /// By the places of the pairs.
    listed: Vec<usize>,
    used_up: Vec<usize>,
}

const NAME: &str = "a search without repeats";
const TRIED: &str = "tried";

impl Memory {
    fn propose(
        &mut self,
        strategy: &mut dyn Strategy,
        key: &mut dyn Key,
        context: &Context,
    ) -> Result<Proposal, SampleError> {
        let Self { tried, finder, used_up, repeats } = self;
        propose(strategy, &mut Known { tried, key, repeats: *repeats }, finder, used_up, context)
    }

    /// A trial that was handed back counts as not tried.
    fn note(&mut self, key: &mut dyn Key, context: &Context, proposal: &Proposal, outcome: Outcome) {
        let Self { tried, used_up, repeats, finder } = self;
        let key = Known { tried, key, repeats: *repeats }.key(context, proposal.pair, &proposal.trace);
        match outcome {
            Outcome::Reward(_) | Outcome::Pruned { .. } | Outcome::Cancelled if *repeats => {}
            Outcome::Cancelled => {
                tried.keys.remove(&key);
                used_up.remove(&proposal.pair);
                finder.reopen(proposal.pair);
            }
            _ => _ = tried.keys.insert(key),
        }
    }

    fn snapshot(&self, strategy: &dyn Strategy, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = strategy.snapshot(context)? else { return Ok(None) };
        let places = |pairs: &BTreeSet<Pair>| pairs.iter().filter_map(|pair| place(context, *pair)).collect();
        let state = State {
            identities: self.tried.written(context),
            rng: self.finder.rng.clone(),
            listed: places(&self.finder.listed),
            used_up: places(&self.used_up),
        };
        let parcel = Parcel::new(NAME, &state)?.with(INNER, Some(inner)).with(TRIED, Some(self.tried.bytes()));
        parcel.to_bytes().map(Some)
    }

    fn restore(&mut self, strategy: &mut dyn Strategy, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => return strategy.restore(context, snapshot),
            parcel => parcel?,
        };
        let state: State = parcel.state()?;
        let tried = state.identities.read(context, parcel.part(TRIED)?)?;
        let [listed, used_up] = [&state.listed, &state.used_up].map(|places| state.identities.pairs(context, places));
        let is_restored = strategy.restore(context, parcel.part(INNER)?)?;
        (self.tried, self.finder, self.used_up) = (tried, Finder::new(state.rng, listed), used_up);
        Ok(is_restored)
    }

    fn adapt(
        &mut self,
        strategy: &mut dyn Strategy,
        context: &Context,
        (snapshot, starts): (&[u8], usize),
    ) -> Result<Option<TransferReport>, LoadError> {
        let report = match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => strategy.adapt(context, snapshot, starts)?,
            parcel => strategy.adapt(context, parcel?.part(INNER)?, starts)?,
        };
        let rng = self.finder.rng.clone();
        (self.tried, self.finder, self.used_up) =
            (Tried::default(), Finder::new(rng, BTreeSet::new()), BTreeSet::new());
        Ok(report)
    }
}

impl<S: Strategy, K: Key> Strategy for Unique<S, K> {
    by_inner!(strategy);
    learns_by_inner!(strategy);

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        let Memory { tried, repeats, .. } = &mut self.memory;
        let mut known = Known { tried, key: &mut self.key, repeats: *repeats };
        known.is_new(context, proposal.pair, &proposal.trace)
            && self.strategy.accept(context, proposal)
            && known.take(context, proposal)
    }

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        self.memory.propose(&mut self.strategy, &mut self.key, context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.strategy.learn(context, proposal, outcome)?;
        self.memory.note(&mut self.key, context, proposal, outcome);
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.memory.snapshot(&self.strategy, context)
    }

    /// The snapshot may be one of the strategy inside, too: then nothing more is known of what was tried.
    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        self.memory.restore(&mut self.strategy, context, snapshot)
    }

    /// What was tried elsewhere may be tried again: it says nothing certain of what it earns here.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        self.memory.adapt(&mut self.strategy, context, (snapshot, starts))
    }
}
