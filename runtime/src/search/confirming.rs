//! Evaluating the best again, where rewards are noisy.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::strategy::{Strategy, by_inner};
use super::written::{Lines, Reader, Rows, place, rows};
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::parcel::{INNER, Parcel};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::{SampleError, Trace};
use crate::train::{Direction, Outcome};

/// A strategy that has the config with the best mean reward evaluated again, until it was evaluated so often: see
/// [`StudyBuilder::repeats_of_best`](crate::study::StudyBuilder::repeats_of_best).
#[derive(Debug, Clone)]
pub struct Confirming<S> {
    strategy: S,
    best: Known,
}

/// The best configs so far. What is done with the strategy inside is compiled once for all of them.
#[derive(Debug, Clone)]
struct Known {
    /// How often the best is evaluated after the first time.
    repeats: u32,
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
    repeats: u32,
    /// By the place of the pair.
    contenders: Vec<(usize, Rows, Rewards)>,
}

const NAME: &str = "a search that confirms its best";
/// How many of the best are remembered.
const CAPACITY: usize = 50;

impl<S> Confirming<S> {
    pub(crate) fn new(strategy: S, repeats: u32) -> Self {
        Self { strategy, best: Known { repeats, contenders: Vec::new() } }
    }

    pub(crate) fn strategy(&self) -> &S {
        &self.strategy
    }
}

impl Known {
    /// The best of some pair that was not evaluated often enough.
    fn next(&mut self, context: &Context) -> Option<Proposal> {
        let repeats = self.repeats;
        let best = |pair: &Pair| self.contenders.iter().position(|it| it.pair == *pair);
        let due = |place: &usize| self.contenders[*place].rewards.again < repeats;
        let place = context.pairs().iter().filter_map(best).find(due)?;
        let Contender { pair, trace, rewards } = &mut self.contenders[place];
        rewards.again += 1;
        Some(Proposal::chosen(*pair, trace.clone()))
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
        contender.rewards.count += 1;
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
        match self.next(context) {
            Some(mut again) => {
                again.log_prob = strategy.log_prob(again.pair, &again.trace);
                Ok(again)
            }
            None => strategy.propose(context),
        }
    }

    fn snapshot(&self, strategy: &dyn Strategy, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let Some(inner) = strategy.snapshot(context)? else { return Ok(None) };
        if self.repeats == 0 {
            return Ok(Some(inner));
        }
        let written = |Contender { pair, trace, rewards }: &Contender| {
            Some((place(context, *pair)?, rows(context, *pair, trace), *rewards))
        };
        let contenders = self.contenders.iter().filter_map(written).collect();
        let state = State { lines: Lines::of(context), repeats: self.repeats, contenders };
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
        let contenders = Self::read(&state, &reader);
        let is_restored = strategy.restore(context, parcel.part(INNER)?)?;
        (self.contenders, self.repeats) = (contenders, state.repeats);
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
        self.contenders.clear();
        Ok(report)
    }
}

impl<S: Strategy> Strategy for Confirming<S> {
    by_inner!(strategy);

    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        self.best.propose(&mut self.strategy, context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        self.strategy.learn(context, proposal, outcome)?;
        if let (Some(reward), true) = (outcome.reward(), self.best.repeats > 0) {
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
