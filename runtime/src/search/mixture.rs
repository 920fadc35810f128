//! Several strategies that share the trials of one search.

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::search::Search;
use super::searcher::Searcher;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken};
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{PART, Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// Several searchers as one: each proposal comes from one of them, drawn by its share, and all learn from every trial.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{Mixture, LocalSearch, Searcher};
///
/// #[search_space]
/// struct Config { #[space(range = 1..=8)] layers: u32 }
///
/// let agent = Agent::<Config>::builder().seed(7).build()?;
/// let local = LocalSearch::<Config>::new(7).starts(0);
/// let mut search = Mixture::of(7, [(2.0, Box::new(agent) as Box<dyn Searcher<Config>>), (1.0, Box::new(local))]);
/// let trial = search.ask()?;
/// search.tell(trial, 0.5)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Mixture<S> {
    /// Each with its share.
    parts: Vec<(f64, S)>,
    rng: Pcg64,
    /// Why the parts do not go together, if they do not.
    fault: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct State {
    shares: Vec<f64>,
    #[serde(with = "rng_text")]
    rng: Pcg64,
}

impl<S> Mixture<S> {
    const NAME: &'static str = "a mixture";

    /// A search by several searchers, each with its share of the proposals: a number above 0, of whatever sum.
    pub fn of<T>(seed: u64, parts: impl IntoIterator<Item = (f64, S)>) -> Search<T, Mixture<Erased<S, T>>>
    where
        T: AnyConfig,
        S: Searcher<T>,
    {
        let sound = |share: f64| if share.is_finite() { share.max(0.0) } else { 0.0 };
        let parts: Vec<_> = parts.into_iter().map(|(share, part)| (sound(share), Erased::new(part))).collect();
        let contexts: Vec<Context> = parts.iter().map(|(_, part)| part.searcher.context()).collect();
        let (context, fault) = match Context::common(&contexts) {
            Some(context) => (context, None),
            None => (Context::of::<T>(), Some("its parts search other spaces or tasks than each other".to_owned())),
        };
        let mut search = Search::by(Mixture { parts, rng: Pcg64::seed_from_u64(seed), fault });
        search.strategy.towards(context.direction());
        search.context = context;
        search
    }

    fn part(name: usize) -> String {
        format!("{PART}{name}")
    }

    /// Which part proposes next.
    fn draw(&mut self) -> usize {
        let all: f64 = self.parts.iter().map(|(share, _)| *share).sum();
        let mut left = self.rng.random::<f64>() * all;
        let found = self.parts.iter().position(|(share, _)| {
            left -= share;
            left < 0.0
        });
        found.unwrap_or_default()
    }
}

impl<S: Strategy> Mixture<S> {
    /// Changes all parts; where one cannot be changed, those before it become what they were.
    fn change_all<R>(
        &mut self,
        context: &Context,
        change: impl Fn(usize, &mut S) -> Result<R, LoadError>,
    ) -> Result<Vec<R>, LoadError> {
        let encode = |error: SaveError| LoadError::Metadata { reason: error.to_string() };
        let before = self.parts.iter().map(|(_, part)| part.snapshot(context)).collect::<Result<Vec<_>, _>>();
        let before = before.map_err(encode)?;
        let changed = self.parts.iter_mut().enumerate().map(|(i, (_, part))| change(i, part));
        let changed = changed.collect::<Result<Vec<R>, LoadError>>();
        if changed.is_err() {
            for ((_, part), before) in self.parts.iter_mut().zip(before) {
                before.map_or(Ok(false), |before| part.restore(context, &before))?;
            }
        }
        changed
    }

    fn first<R>(&self, ask: impl Fn(&S) -> R, is_something: impl Fn(&R) -> bool) -> Option<R> {
        self.parts.iter().map(|(_, part)| ask(part)).find(|found| is_something(found))
    }
}

impl<S: Strategy> Strategy for Mixture<S> {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if let Some(fault) = &self.fault {
            return Err(SampleError::Foreign { reason: format!("a mixture cannot propose: {fault}") });
        }
        let drawn = self.draw();
        match self.parts.get_mut(drawn) {
            Some((_, part)) => part.propose(context),
            None => Err(SampleError::Foreign { reason: "a mixture of nothing proposes nothing".to_owned() }),
        }
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.admits(outcome)?;
        self.parts.iter_mut().try_for_each(|(_, part)| part.learn(context, proposal, outcome))
    }

    fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
        self.parts.iter_mut().for_each(|(_, part)| part.passed_over(context, proposal));
    }

    fn draws(&self) -> usize {
        self.parts.iter().map(|(_, part)| part.draws()).max().unwrap_or(1)
    }

    fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
        self.parts.iter().try_for_each(|(_, part)| part.admits(outcome))
    }

    fn towards(&mut self, direction: Direction) {
        self.parts.iter_mut().for_each(|(_, part)| part.towards(direction));
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let shares = self.parts.iter().map(|(share, _)| *share).collect();
        let mut parcel = Parcel::new(Self::NAME, &State { shares, rng: self.rng.clone() })?;
        for (i, (_, part)) in self.parts.iter().enumerate() {
            let Some(snapshot) = part.snapshot(context)? else { return Ok(None) };
            parcel = parcel.with(&Self::part(i), Some(snapshot));
        }
        parcel.to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, Self::NAME)?;
        let State { shares, rng } = parcel.state()?;
        if shares.len() != self.parts.len() {
            let found = format!("a mixture of {} strategies", shares.len());
            return Err(LoadError::OtherStrategy { found, expected: "a mixture of another number" });
        }
        let restore = |i: usize, part: &mut S| part.restore(context, parcel.part(&Self::part(i))?);
        let restored = self.change_all(context, restore)?;
        self.parts.iter_mut().zip(shares).for_each(|((share, _), written)| *share = written);
        self.rng = rng;
        Ok(restored.into_iter().all(|is_restored| is_restored))
    }

    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, Self::NAME)?;
        let adapt = |i: usize, part: &mut S| part.adapt(context, parcel.part(&Self::part(i))?, starts);
        Ok(self.change_all(context, adapt)?.into_iter().flatten().next())
    }

    fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        let taken = self.change_all(context, |_, part| part.learn_from(context, lessons))?;
        Ok(taken.iter().fold(Taken::default(), Taken::or))
    }

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.parts.iter_mut().fold(true, |accepted, (_, part)| part.accept(context, proposal) && accepted)
    }

    fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
        self.parts.iter_mut().find_map(|(_, part)| part.complete(context, pair, guide))
    }

    fn transferred(&self) -> Option<&TransferReport> {
        self.parts.iter().find_map(|(_, part)| part.transferred())
    }

    fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
        self.first(|part| part.log_prob(pair, trace), |found| *found != 0.0).unwrap_or_default()
    }

    fn importance(&self, pair: Pair) -> Vec<Importance> {
        self.first(|part| part.importance(pair), |found| !found.is_empty()).unwrap_or_default()
    }

    fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
        self.first(|part| part.insight(context, pair), Option::is_some).flatten()
    }

    fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
        self.first(|part| part.attention(pair, trace), Option::is_some).flatten()
    }

    fn acceptance(&self, pair: Pair) -> Option<f64> {
        self.first(|part| part.acceptance(pair), Option::is_some).flatten()
    }
}
