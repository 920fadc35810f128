//! Local search: from the best value known to a neighbour, as long as there is one (White et al. 2021, "Exploring the Loss
//! Landscape in Neural Architecture Search").

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::context::{Context, Proposal};
use super::firsts::{Firsts, WrittenFirsts};
use super::neighbour::{Change, changed, changes};
use super::search::Search;
use super::strategy::Strategy;
use super::written::{Lines, Reader, Rows, place, rows};
use crate::agent::observation::check;
use crate::agent::{ObserveError, Share, TransferReport};
use crate::checkpoint::parcel::{Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::uniform::Uniform;
use crate::space::{DecodeError, SampleError, Trace};
use crate::train::several::front::last;
use crate::train::several::scalar::Weights;
use crate::train::{Outcome, Rewards};

/// After some random starts, tries an untried neighbour, a config with one decision taken otherwise, of the best value that
/// still has one. As soon as a better value is told, its neighbours are tried.
///
/// Failed trials come last, pruned ones stand by their last value. Each space and task has values of its own. Of several objectives the best
/// value is that by weights which are drawn anew each time, so that all parts of the front are climbed.
pub type LocalSearch<T> = Search<T, Local>;

/// The strategy of [`LocalSearch`].
#[derive(Debug, Clone)]
pub struct Local {
    rng: Pcg64,
    firsts: Firsts,
    starts: usize,
    /// Best first; of equals the earlier one. Of several objectives the oldest first.
    values: BTreeMap<Pair, Vec<Value>>,
}

/// A config that was told, and what can be changed of it.
#[derive(Debug, Clone)]
struct Value {
    outcome: Outcome,
    trace: Trace,
    /// In random order, to be tried from the end; none before they are asked for.
    untried: Option<Vec<Change>>,
}

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    firsts: WrittenFirsts,
    starts: usize,
    /// By the place of the pair.
    values: Vec<(usize, Vec<WrittenValue>)>,
}

impl State {
    fn check(&self) -> Result<(), LoadError> {
        match self.values.iter().map(|(_, values)| values.len()).find(|count| *count > Local::CAPACITY) {
            None => Ok(()),
            Some(count) => {
                let reason = format!("{count} values are more than the {} that are remembered", Local::CAPACITY);
                Err(LoadError::Metadata { reason })
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct WrittenValue {
    trial: (Rows, Outcome),
    #[serde(default, skip_serializing_if = "Option::is_none")]
    untried: Option<Vec<Change>>,
}

impl<T: AnyConfig> LocalSearch<T> {
    /// A search whose trials depend on the seed and the rewards only; it starts with ten random configs.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::by(Local::new(seed, 10))
    }

    /// How many random configs are tried first.
    #[must_use]
    pub fn starts(mut self, starts: usize) -> Self {
        self.strategy.starts = starts;
        self
    }
}

impl Local {
    const NAME: &'static str = "local search";
    /// How many of the best values of a pair are remembered: more would have to run out of neighbours to be of use.
    const CAPACITY: usize = 1000;

    pub(super) fn new(seed: u64, starts: usize) -> Self {
        Self { rng: Pcg64::seed_from_u64(seed), firsts: Firsts::default(), starts, values: BTreeMap::new() }
    }

    /// True with a probability, from the search's own random numbers.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.rng.random::<f64>() < probability
    }

    /// Takes in a value whose trace leads through the space.
    pub(super) fn remember(&mut self, pair: Pair, trace: Trace, outcome: Outcome) {
        let Some((outcome, merit)) = outcome.finite().and_then(|outcome| Some((outcome, outcome.merit()?))) else {
            return;
        };
        let values = self.values.entry(pair).or_default();
        let value = Value { outcome, trace, untried: None };
        if outcome.objectives().or_else(|| objectives(values)).is_some() {
            values.push(value);
            forget_one(values);
            return;
        }
        let is_before =
            |value: &Value| value.outcome.merit().is_some_and(|other| other.compare(merit) != Ordering::Less);
        let place = values.partition_point(is_before);
        values.insert(place, value);
        values.truncate(Self::CAPACITY);
    }

    /// One of the pairs that are searched.
    pub(super) fn draw_pair(&mut self, context: &Context) -> Result<Pair, SampleError> {
        context.draw_pair(&mut self.rng)
    }

    /// An untried neighbour of the best value that has one.
    pub(super) fn neighbour(&mut self, context: &Context, pair: Pair) -> Result<Option<Proposal>, DecodeError> {
        let Self { values, rng, .. } = self;
        let Some(values) = values.get_mut(&pair) else { return Ok(None) };
        let (mut found, mut used_up) = (None, Vec::new());
        for place in best_first(values, rng) {
            found = untried(&mut values[place], (context, pair), rng)?;
            if found.is_some() {
                break;
            }
            used_up.push(place);
        }
        used_up.sort_unstable();
        used_up.into_iter().rev().for_each(|place| drop(values.remove(place)));
        Ok(found)
    }

    /// The values of a snapshot, as far as they are configs here, and how many of all are.
    fn read(state: &State, reader: &Reader<'_>) -> (BTreeMap<Pair, Vec<Value>>, Share) {
        let (mut all, mut share) = (BTreeMap::new(), Share { reused: 0, of: 0 });
        // Changes are by place: they mean something only where everything stands as it did.
        let is_same = reader.is_same();
        for (pair, written) in &state.values {
            share.of += written.len();
            let Some(pair) = reader.pair(*pair) else { continue };
            let value = |WrittenValue { trial: (rows, outcome), untried }: &WrittenValue| {
                let untried = untried.clone().filter(|_| is_same);
                Some(Value { outcome: outcome.finite()?, trace: reader.trace(pair, rows)?, untried })
            };
            let values: Vec<Value> = written.iter().filter_map(value).collect();
            share.reused += values.len();
            all.insert(pair, values);
        }
        (all, share)
    }
}

/// A neighbour of a value that was not tried; none where all were.
fn untried(
    value: &mut Value,
    (context, pair): (&Context, Pair),
    rng: &mut Pcg64,
) -> Result<Option<Proposal>, DecodeError> {
    let steps = context.graph().follow(pair.space, &value.trace).unwrap_or_default();
    let untried = value.untried.get_or_insert_with(|| {
        let mut all = changes(&steps);
        all.shuffle(rng);
        all
    });
    while let Some(change) = untried.pop() {
        let fill = |pending: &crate::space::cursor::Pending<'_>| rng.random_range(0..pending.len());
        let Some(trace) = changed((context.graph(), pair.space), &steps, change, fill) else { continue };
        if context.is_valid(pair, &trace)? {
            return Ok(Some(Proposal::chosen(pair, trace)));
        }
    }
    Ok(None)
}

/// How many objectives values have, where these are several.
fn objectives(values: &[Value]) -> Option<usize> {
    values.iter().find_map(|value| value.outcome.objectives())
}

/// The places of values, the best first; of several objectives by weights drawn anew.
fn best_first(values: &[Value], rng: &mut Pcg64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    let Some(objectives) = objectives(values) else { return order };
    let outcomes: Vec<Outcome> = values.iter().map(|value| value.outcome).collect();
    let scalarized = Weights::draw(objectives, rng).see(&outcomes);
    order.sort_by(|&a, &b| match (scalarized[a].merit(), scalarized[b].merit()) {
        (Some(a), Some(b)) => b.compare(a),
        _ => Ordering::Equal,
    });
    order
}

/// Of more values than are remembered, the last by where they stand.
fn forget_one(values: &mut Vec<Value>) {
    if values.len() <= Local::CAPACITY {
        return;
    }
    let outcomes: Vec<Outcome> = values.iter().map(|value| value.outcome).collect();
    values.remove(last(&outcomes));
}

impl Strategy for Local {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if let Some(first) = self.firsts.next(context, &mut self.rng)? {
            return Ok(first);
        }
        let pair = context.draw_pair(&mut self.rng)?;
        if self.starts > 0 {
            self.starts -= 1;
        } else if let Some(neighbour) = self.neighbour(context, pair)? {
            return Ok(neighbour);
        }
        Ok(context.random(pair, &Uniform::OverTraces, &mut self.rng)?.0)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        check(Rewards::Ranks, outcome)?;
        context.graph().follow(proposal.pair.space, &proposal.trace)?;
        self.remember(proposal.pair, proposal.trace.clone(), outcome);
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        let of_pair = |(pair, values): (&Pair, &Vec<Value>)| {
            let written = |value: &Value| WrittenValue {
                trial: (rows(context, *pair, &value.trace), value.outcome),
                untried: value.untried.clone(),
            };
            Some((place(context, *pair)?, values.iter().map(written).collect()))
        };
        let state = State {
            lines: Lines::of(context),
            rng: self.rng.clone(),
            firsts: self.firsts.written(context),
            starts: self.starts,
            values: self.values.iter().filter_map(of_pair).collect(),
        };
        Parcel::new(Self::NAME, &state)?.to_bytes().map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        state.check()?;
        let (values, firsts) = (Self::read(&state, &reader).0, state.firsts.read(&reader));
        let State { rng, starts, .. } = state;
        *self = Self { rng, firsts, starts, values };
        Ok(true)
    }

    /// Values that are whole configs here stay. The best are tried first, with what is new drawn at random.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        let (values, share) = Self::read(&state, &reader);
        let mut firsts = Firsts::default();
        for (pair, written) in &state.values {
            let Some(pair) = reader.pair(*pair) else { continue };
            let trials: Vec<(Rows, Outcome)> = written.iter().map(|value| value.trial.clone()).collect();
            firsts.push_best(pair, &trials, &reader, starts);
        }
        (self.values, self.firsts) = (values, firsts);
        Ok(Some(reader.report(share)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Searcher;

    #[crate::search_space]
    #[derive(Debug, Clone, PartialEq)]
    struct Bits {
        bits: [bool; 8],
    }

    #[test]
    fn a_single_hill_is_climbed() {
        // From any start a better neighbour is among 8; eight improvements and 8 tries each are enough.
        for seed in 0..10 {
            let mut search = LocalSearch::<Bits>::new(seed).starts(1);
            let mut best = 0.0f64;
            for _ in 0..=64 {
                let trial = search.ask().unwrap();
                let reward = trial.config.bits.iter().map(|&bit| f64::from(u8::from(bit))).sum::<f64>();
                search.tell(trial, reward).unwrap();
                best = best.max(reward);
            }
            assert!((best - 8.0).abs() < 1e-9, "seed {seed}: {best}");
        }
    }

    #[test]
    fn neighbours_are_tried_once_and_then_those_of_the_next_best() {
        let mut search = LocalSearch::<Bits>::new(3).starts(1);
        let first = search.ask().unwrap();
        let start = first.config.clone();
        search.tell(first, 1.0).unwrap();
        let mut tried = Vec::new();
        for _ in 0..8 {
            let trial = search.ask().unwrap();
            let differing = trial.config.bits.iter().zip(&start.bits).filter(|(a, b)| a != b).count();
            assert_eq!(differing, 1);
            assert!(!tried.contains(&trial.config));
            tried.push(trial.config.clone());
            search.tell(trial, 0.5).unwrap();
        }
        let next = search.ask().unwrap();
        let differing = next.config.bits.iter().zip(&tried[0].bits).filter(|(a, b)| a != b).count();
        assert_eq!(differing, 1, "the earliest of equals comes next");
    }
}
