//! Search without repeats.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use rand::SeedableRng;
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::search::{Around, Search};
use super::sources::Lessons;
use super::strategy::{Strategy, Taken, by_inner, learns_by_inner};
use super::tried::{Tried, WrittenIdentities, mixed};
use super::untried::{Finder, Left};
use super::written::place;
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy that never proposes a config which was tried: see [`Searcher::unique`](super::Searcher::unique) and
/// [`Searcher::unique_by`](super::Searcher::unique_by).
///
/// Where the strategy proposes what was tried a few times in a row, a config near to that is looked for that was not: one with a
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

/// What tells configs apart.
pub trait Key {
    /// The key of a config; none where it is known by its decisions.
    fn key(&mut self, space: usize, trace: &Trace) -> Option<u128>;
}

/// Configs are known by their decisions.
#[derive(Debug, Clone, Copy, Default)]
pub struct ByTrace;

impl Key for ByTrace {
    fn key(&mut self, _: usize, _: &Trace) -> Option<u128> {
        None
    }
}

/// Configs are known by what a function makes of them.
pub struct ByKey<T, K, F> {
    key: F,
    /// Known where the search is made, so that what is no key is told of there and nowhere else.
    hash: fn(&K, &mut Fnv),
    config: PhantomData<fn(&T) -> K>,
}

/// What configs can be told apart by: texts, whole numbers, or anything else that is `Eq` and `Hash`.
#[diagnostic::on_unimplemented(
    message = "[TN28] `{Self}` is no key, since it is not `Eq` and `Hash`",
    label = "write `unique()`, which tells configs apart by their decisions, or have the function give a text or whole numbers"
)]
pub trait TellsApart: Eq + Hash {}

#[diagnostic::do_not_recommend]
impl<K: Eq + Hash> TellsApart for K {}

impl<T, K, F: Clone> Clone for ByKey<T, K, F> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), ..*self }
    }
}

impl<T, K, F> ByKey<T, K, F> {
    pub(super) fn new(key: F) -> Self
    where
        K: TellsApart,
    {
        Self { key, hash: K::hash, config: PhantomData }
    }
}

impl<T: AnyConfig, K, F: FnMut(&T) -> K> Key for ByKey<T, K, F> {
    fn key(&mut self, space: usize, trace: &Trace) -> Option<u128> {
        let config = T::decode_any(space, trace).ok()?;
        let mut hasher = Fnv(crate::space::name::Hash::EMPTY.0);
        (self.hash)(&(self.key)(&config), &mut hasher);
        Some(mixed(hasher.0, 0))
    }
}

/// 64-bit FNV-1a: the same in every process, as the standard library's hasher is not.
struct Fnv(u64);

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

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

/// Whether a config is new.
pub(super) struct Known<'a> {
    pub(super) tried: &'a mut Tried,
    key: &'a mut dyn Key,
    /// Whether what is proposed may be proposed again.
    repeats: bool,
}

impl Known<'_> {
    pub(super) fn key(&mut self, context: &Context, pair: Pair, trace: &Trace) -> u128 {
        match self.key.key(pair.space, trace) {
            Some(key) => {
                self.tried.prepare(context);
                key.wrapping_add(self.tried.pair_key(pair))
            }
            None => self.tried.key(context, pair, trace),
        }
    }

    pub(super) fn is_new(&mut self, context: &Context, pair: Pair, trace: &Trace) -> bool {
        let key = self.key(context, pair, trace);
        !self.tried.keys.contains(&key)
    }

    fn take(&mut self, context: &Context, proposal: &Proposal) -> bool {
        let key = self.key(context, proposal.pair, &proposal.trace);
        if self.repeats { !self.tried.keys.contains(&key) } else { self.tried.keys.insert(key) }
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
