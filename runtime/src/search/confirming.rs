//! Evaluating the best again, where rewards are noisy.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::erased::Erased;
use super::insight::Insight;
use super::search::{Around, Search};
use super::sources::Lessons;
use super::strategy::{Strategy, Taken, by_inner, learns_by_inner};
use super::written::{Lines, Reader, Rows, place, rows};
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy that has its best configs evaluated again: see [`Searcher::confirming`](super::Searcher::confirming),
/// [`StudyBuilder::confirm`](crate::study::StudyBuilder::confirm) and
/// [`StudyBuilder::repeats_of_best`](crate::study::StudyBuilder::repeats_of_best).
#[derive(Debug, Clone)]
pub struct Confirming<S> {
    strategy: S,
    best: Known,
}

/// When which configs are evaluated again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Again {
    /// How often the best one is, before anything new.
    #[serde(default)]
    pub(crate) best: u32,
    /// How many of the best are in the end, and how often.
    #[serde(default)]
    pub(crate) finalists: u32,
    #[serde(default)]
    pub(crate) times: u32,
    /// After how many proposals the end begins; none where that is said with each.
    #[serde(default)]
    pub(crate) after: Option<u64>,
}

impl Again {
    /// The trials that the finalists take.
    pub(crate) fn trials(self) -> u64 {
        u64::from(self.finalists) * u64::from(self.times)
    }
}

/// The best configs so far. What is done with the strategy inside is compiled once for all of them.
#[derive(Debug, Clone)]
struct Known {
    again: Again,
    /// How many proposals were made.
    proposed: u64,
    /// Best first.
    contenders: Vec<Contender>,
}

/// A config that is among the best.
#[derive(Debug, Clone, PartialEq)]
struct Contender {
    pair: Pair,
    trace: Trace,
    rewards: Rewards,
}

/// What a config earned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Rewards {
    sum: f64,
    count: u32,
    /// How often it was proposed again.
    again: u32,
}

impl Rewards {
    fn mean(self) -> f64 {
        self.sum / f64::from(self.count)
    }
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    again: Again,
    proposed: u64,
    /// By the place of the pair.
    contenders: Vec<(usize, Rows, Rewards)>,
}

const NAME: &str = "a search that confirms its best";
/// How many of the best are remembered.
const CAPACITY: usize = 50;
/// Where a proposal comes from that has one of the best evaluated again: in the end, and before.
pub(crate) const CONFIRMATION: &str = "confirmation";
pub(crate) const REPEAT: &str = "repeat of the best";

/// A config that was evaluated several times.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Confirmed<T> {
    /// The config.
    pub config: T,
    /// Its mean reward.
    pub mean: f64,
    /// Of how many.
    pub count: u32,
}

impl<S> Confirming<S> {
    pub(crate) fn new(strategy: S, again: Again) -> Self {
        Self { strategy, best: Known { again, proposed: 0, contenders: Vec::new() } }
    }

    pub(crate) fn strategy(&self) -> &S {
        &self.strategy
    }
}

impl<S, T> Around for Confirming<Erased<S, T>> {
    type Inner = S;

    fn inner(&self) -> &S {
        &self.strategy.searcher
    }

    fn into_inner(self) -> S {
        self.strategy.searcher
    }
}

impl<T: AnyConfig, S> Search<T, Confirming<Erased<S, T>>> {
    /// The best mean of those configs that were evaluated most often; none before the first reward.
    #[must_use]
    pub fn confirmed(&self) -> Option<Confirmed<T>> {
        let best = self.strategy.best.confirmed()?;
        let config = T::decode_any(best.pair.space, &best.trace).ok()?;
        let mean = self.context.direction().sign() * best.rewards.mean();
        Some(Confirmed { config, mean, count: best.rewards.count })
    }
}

impl Known {
    /// The best of some pair that was not evaluated often enough; or one of the finalists, where it is their time.
    fn next(&mut self, context: &Context) -> Option<Proposal> {
        let is_end = context.confirms() || self.again.after.is_some_and(|after| self.proposed >= after);
        let place = if is_end { self.next_finalist(context) } else { self.next_best(context) }?;
        let Contender { pair, trace, rewards } = &mut self.contenders[place];
        rewards.again = rewards.again.saturating_add(1);
        Some(Proposal::chosen(*pair, trace.clone()).by(if is_end { CONFIRMATION } else { REPEAT }))
    }

    fn next_best(&self, context: &Context) -> Option<usize> {
        let best = |pair: &Pair| self.contenders.iter().position(|it| it.pair == *pair);
        let due = |place: &usize| self.contenders[*place].rewards.again < self.again.best;
        context.pairs().iter().filter_map(best).find(due)
    }

    /// The finalist that was proposed again least often. Finalists are those that were, and then the best others, of each pair its
    /// share.
    fn next_finalist(&self, context: &Context) -> Option<usize> {
        let share = (self.again.finalists as usize).div_ceil(context.pairs().len().max(1));
        let of_pair = |pair: &Pair| {
            let mut places: Vec<usize> =
                (0..self.contenders.len()).filter(|&place| self.contenders[place].pair == *pair).collect();
            // The sort is stable: best first among those that were, and among the others.
            places.sort_by_key(|&place| self.contenders[place].rewards.again == 0);
            places.truncate(share);
            places
        };
        let finalists = context.pairs().iter().flat_map(of_pair);
        finalists.min_by_key(|&place| self.contenders[place].rewards.again)
    }

    /// The best mean of those that were evaluated most often.
    fn confirmed(&self) -> Option<&Contender> {
        let most = self.contenders.iter().map(|it| it.rewards.count).max()?;
        let often = |it: &&Contender| it.rewards.count > most / 2;
        self.contenders.iter().find(often)
    }

    fn note(&mut self, pair: Pair, trace: &Trace, reward: f64) {
        let known = self.contenders.iter().position(|it| it.pair == pair && it.trace == *trace);
        let mut contender = if let Some(place) = known {
            self.contenders.remove(place)
        } else {
            let rewards = Rewards { sum: 0.0, count: 0, again: 0 };
            Contender { pair, trace: trace.clone(), rewards }
        };
        contender.rewards.sum += reward;
        contender.rewards.count = contender.rewards.count.saturating_add(1);
        let mean = contender.rewards.mean();
        let is_better = |it: &Contender| it.rewards.mean().partial_cmp(&mean) != Some(Ordering::Less);
        let place = self.contenders.partition_point(is_better);
        self.contenders.insert(place, contender);
        self.contenders.truncate(CAPACITY);
    }

    fn read(state: &State, reader: &Reader<'_>) -> Vec<Contender> {
        let contender = |(place, rows, rewards): &(usize, Rows, Rewards)| {
            let pair = reader.pair(*place)?;
            let is_one = rewards.count > 0 && rewards.sum.is_finite();
            is_one.then_some(Contender { pair, trace: reader.trace(pair, rows)?, rewards: *rewards })
        };
        state.contenders.iter().filter_map(contender).collect()
    }
}

impl Known {
    fn propose(&mut self, strategy: &mut dyn Strategy, context: &Context) -> Result<Proposal, SampleError> {
        let proposal = match self.next(context) {
            Some(again) => Proposal { log_prob: strategy.log_prob(again.pair, &again.trace), ..again },
            None => strategy.propose(context)?,
        };
        self.proposed = self.proposed.saturating_add(1);
        Ok(proposal)
    }

    fn snapshot(&self, strategy: &dyn Strategy, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = strategy.snapshot(context)? else { return Ok(None) };
        let written = |Contender { pair, trace, rewards }: &Contender| {
            Some((place(context, *pair)?, rows(context, *pair, trace), *rewards))
        };
        let contenders = self.contenders.iter().filter_map(written).collect();
        let state = State { lines: Lines::of(context), again: self.again, proposed: self.proposed, contenders };
        Parcel::new(NAME, &state)?.with(INNER, Some(inner)).to_bytes().map(Some)
    }

    fn restore(&mut self, strategy: &mut dyn Strategy, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let parcel = match Parcel::from_bytes(snapshot, NAME) {
            Err(LoadError::OtherStrategy { .. }) => return strategy.restore(context, snapshot),
            parcel => parcel?,
        };
        let state: State = parcel.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        if state.contenders.len() > CAPACITY {
            let reason = format!("{} configs are more than the {CAPACITY} that are remembered", state.contenders.len());
            return Err(LoadError::Metadata { reason });
        }
        let contenders = Self::read(&state, &reader);
        let is_restored = strategy.restore(context, parcel.part(INNER)?)?;
        // What the end is like is said anew each time that a search is begun.
        (self.contenders, self.proposed, self.again.best) = (contenders, state.proposed, state.again.best);
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
        (self.contenders, self.proposed) = (Vec::new(), 0);
        Ok(report)
    }
}

impl<S: Strategy> Strategy for Confirming<S> {
    by_inner!(strategy);
    learns_by_inner!(strategy);

    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.strategy.accept(context, proposal)
    }

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        self.best.propose(&mut self.strategy, context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.strategy.learn(context, proposal, outcome)?;
        if let Some(reward) = outcome.reward() {
            self.best.note(proposal.pair, &proposal.trace, reward);
        }
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.best.snapshot(&self.strategy, context)
    }

    /// The snapshot may be one of the strategy inside, too.
    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        self.best.restore(&mut self.strategy, context, snapshot)
    }

    /// What a config earned elsewhere says nothing certain: the best are found anew.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        self.best.adapt(&mut self.strategy, context, (snapshot, starts))
    }
}
