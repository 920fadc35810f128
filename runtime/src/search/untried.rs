//! Finding a config that was not tried, near to one that was.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use num_bigint::BigUint;
use rand::RngExt;
use rand_pcg::Pcg64;

use super::context::Context;
use super::known::Known;
use super::neighbour::{Change, changed, changes};
use crate::policy::Pair;
use crate::space::cardinality::Cardinality;
use crate::space::cursor::{Pending, Step};
use crate::space::enumerate::Odometer;
use crate::space::{DecodeError, Trace};

/// What is left of a pair.
pub(super) enum Left {
    Found(Trace),
    UsedUp,
    /// Nothing was found among so many, and there are too many to try all.
    Unknown(usize),
}

/// Finds what was not tried.
#[derive(Debug, Clone)]
pub(super) struct Finder {
    pub(super) rng: Pcg64,
    /// The pairs that are listed.
    pub(super) listed: BTreeSet<Pair>,
    /// What is left of those whose list is made: with its key, in the order of the list.
    left: BTreeMap<Pair, Vec<(u128, Trace)>>,
    /// Whether a pair's space is small enough to be listed.
    small: BTreeMap<Pair, bool>,
}

impl Finder {
    /// The most configs that are listed.
    const LISTED: u32 = 1 << 18;
    /// Steps of a walk, and how many neighbours are tried before each.
    const STEPS: usize = 20;
    const NEIGHBOURS: usize = 10;
    /// The most configs that are visited in ever larger circles.
    const CIRCLES: usize = 200_000;

    pub(super) fn new(rng: Pcg64, listed: BTreeSet<Pair>) -> Self {
        Self { rng, listed, left: BTreeMap::new(), small: BTreeMap::new() }
    }

    /// Something of a pair is left again: its list is made anew.
    pub(super) fn reopen(&mut self, pair: Pair) {
        self.left.remove(&pair);
    }

    /// A new config of a pair: a neighbour of the one given, or one further off; or one of what a list of the space has left.
    pub(super) fn find(
        &mut self,
        context: &Context,
        pair: Pair,
        from: &Trace,
        known: &mut Known<'_>,
    ) -> Result<Left, DecodeError> {
        if !self.listed.contains(&pair)
            && let Some(found) = self.walk(context, pair, from, known)?
        {
            return Ok(Left::Found(found));
        }
        if self.is_small(context, pair) {
            return self.listed(context, pair, known);
        }
        circles(context, pair, from, known)
    }

    /// Tries a few neighbours, and steps to one of them where all were tried.
    fn walk(
        &mut self,
        context: &Context,
        pair: Pair,
        from: &Trace,
        known: &mut Known<'_>,
    ) -> Result<Option<Trace>, DecodeError> {
        let mut at = from.clone();
        for _ in 0..Self::STEPS {
            let steps = context.graph().follow(pair.space, &at).unwrap_or_default();
            let mut next = None;
            for _ in 0..Self::NEIGHBOURS {
                let Some(trace) = self.neighbour(context, pair, &steps) else { continue };
                if known.is_new(context, pair, &trace) && context.is_valid(pair, &trace)? {
                    return Ok(Some(trace));
                }
                next = Some(trace);
            }
            let Some(next) = next else { return Ok(None) };
            at = next;
        }
        Ok(None)
    }

    /// A random neighbour; none at a dead end, or where there is nothing to change.
    fn neighbour(&mut self, context: &Context, pair: Pair, steps: &[Step<'_>]) -> Option<Trace> {
        let choices: usize = steps.iter().map(|step| step.len().saturating_sub(1)).sum();
        let mut drawn = if choices > 0 { self.rng.random_range(0..choices) } else { return None };
        for (decision, step) in steps.iter().enumerate() {
            let others = step.len().saturating_sub(1);
            if drawn < others {
                let change = Change { decision, action: drawn + usize::from(drawn >= step.taken) };
                let rng = &mut self.rng;
                let fill = |pending: &Pending<'_>| rng.random_range(0..pending.len());
                return changed((context.graph(), pair.space), steps, change, fill);
            }
            drawn -= others;
        }
        None
    }

    fn is_small(&mut self, context: &Context, pair: Pair) -> bool {
        let count = || Cardinality::new(context.graph()).of_space(pair.space) <= BigUint::from(Self::LISTED);
        *self.small.entry(pair).or_insert_with(count)
    }

    /// One of what is left, each as likely.
    fn listed(&mut self, context: &Context, pair: Pair, known: &mut Known<'_>) -> Result<Left, DecodeError> {
        self.listed.insert(pair);
        let mut left = match self.left.remove(&pair) {
            Some(left) => left,
            None => list(context, pair, known)?,
        };
        left.retain(|(key, _)| !known.tried.keys.contains(key));
        if left.is_empty() {
            return Ok(Left::UsedUp);
        }
        let (_, found) = left[self.rng.random_range(0..left.len())].clone();
        self.left.insert(pair, left);
        Ok(Left::Found(found))
    }
}

/// All configs of a pair that were not tried, the first of each key.
fn list(context: &Context, pair: Pair, known: &mut Known<'_>) -> Result<Vec<(u128, Trace)>, DecodeError> {
    let (mut odometer, mut visited, mut left) = (Odometer::default(), HashSet::new(), Vec::new());
    while let Some(trace) = odometer.next(context.graph(), pair.space) {
        let key = known.key(context, pair, &trace);
        if !known.tried.keys.contains(&key) && context.is_valid(pair, &trace)? && visited.insert(key) {
            left.push((key, trace));
        }
    }
    Ok(left)
}

/// The nearest new config: the neighbours, then theirs, and so on, of each key once.
fn circles(context: &Context, pair: Pair, from: &Trace, known: &mut Known<'_>) -> Result<Left, DecodeError> {
    let mut visited = HashSet::from([known.key(context, pair, from)]);
    let (mut open, mut visits) = (VecDeque::from([from.clone()]), 0);
    while let Some(at) = open.pop_front() {
        let steps = context.graph().follow(pair.space, &at).unwrap_or_default();
        for change in changes(&steps) {
            visits += 1;
            let Some(trace) = changed((context.graph(), pair.space), &steps, change, |_| 0) else { continue };
            if !visited.insert(known.key(context, pair, &trace)) {
                continue;
            }
            if known.is_new(context, pair, &trace) && context.is_valid(pair, &trace)? {
                return Ok(Left::Found(trace));
            }
            open.push_back(trace);
        }
        if visits >= Finder::CIRCLES {
            break;
        }
    }
    Ok(Left::Unknown(visits))
}
