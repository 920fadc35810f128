//! Where candidates come from: changes of good configs, parts of several, and chance.

use std::collections::HashSet;

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use super::super::context::Context;
use super::super::tried::Tried;
use super::domain::Domain;
use super::origin::Origin;
use super::points::{Base, Points};
use super::posterior::Config;
use super::sites::{Entry, Grown, Row, Site, Sites, decided};
use crate::policy::Pair;
use crate::space::cursor::Pending;
use crate::space::{DecodeError, Trace};

/// A config that may be proposed.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) trace: Trace,
    pub(super) row: Row,
    pub(super) key: u128,
    pub(super) origin: Origin,
    /// Where it is another config with one action changed, and nothing else: that action before and now.
    pub(super) change: Option<(Entry, Entry)>,
}

impl Candidate {
    /// As its similarity is asked for, where it is a neighbour of the config at a place.
    pub(super) fn config(&self, base: usize) -> Config<'_> {
        match self.change {
            Some((from, to)) => Config::Changed { base, from, to },
            None => Config::Whole(&self.row),
        }
    }
}

/// What can be done otherwise in a config.
struct Change {
    to: Entry,
    /// Where nothing hangs on the decision: what is put in its place.
    alone: Option<Alone>,
}

/// A decision on which nothing hangs.
struct Alone {
    /// Its place in the trace, and the index that the trace has there then.
    at: usize,
    index: u32,
    /// The key of the changed config.
    key: u128,
}

/// Ordered decisions of more actions than this are not changed to every other one, but to near ones, and to a few further off.
const ALL_ACTIONS: usize = 16;
const FAR_ACTIONS: usize = 4;
/// How often something is made for each candidate that is wanted: it may be known, or no config.
const TRIES: usize = 4;

/// Makes candidates of a pair that were not tried, each once.
pub(super) struct Breeder<'a> {
    pub(super) context: &'a Context,
    pub(super) pair: Pair,
    pub(super) sites: &'a mut Sites,
    pub(super) domains: &'a [Domain],
    pub(super) tried: &'a mut Tried,
    pub(super) rng: &'a mut Pcg64,
    /// What was made before.
    pub(super) visited: HashSet<u128>,
}

/// The action of each site that a config is to keep.
#[derive(Debug, Clone, Default)]
struct Fixed(Vec<Option<u32>>);

impl Fixed {
    fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut this = Self::default();
        entries.into_iter().for_each(|entry| this.fix(*entry));
        this
    }

    fn fix(&mut self, entry: Entry) {
        let site = entry.site as usize;
        if self.0.len() <= site {
            self.0.resize(site + 1, None);
        }
        self.0[site] = Some(entry.action);
    }

    fn get(&self, site: Site) -> Option<u32> {
        self.0.get(site as usize).copied().flatten()
    }
}

impl Breeder<'_> {
    /// A config that keeps what it can; the rest is drawn.
    fn grow(&mut self, fixed: &Fixed) -> Option<Grown> {
        let vocabulary = self.context.graph().vocabulary();
        let rng = &mut *self.rng;
        self.sites.grow(self.context, self.pair, |site, pending| {
            let first = vocabulary.state(pending.decision().state).rows().start;
            let known = fixed.get(site).and_then(|action| place(pending, first + action as usize));
            known.or_else(|| (pending.len() > 0).then(|| rng.random_range(0..pending.len())))
        })
    }

    /// A config as a candidate, where it is new and valid.
    fn admit(&mut self, grown: Grown, origin: Origin) -> Result<Option<Candidate>, DecodeError> {
        let Grown { trace, row } = grown;
        let key = self.key(&row);
        if self.tried.keys.contains(&key) || !self.visited.insert(key) || !self.context.is_valid(self.pair, &trace)? {
            return Ok(None);
        }
        Ok(Some(Candidate { trace, row, key, origin, change: None }))
    }

    fn key(&mut self, row: &Row) -> u128 {
        let (sites, vocabulary) = (&*self.sites, self.context.graph().vocabulary());
        let decision = |entry: &Entry| {
            let state = sites.state(entry.site);
            (state, vocabulary.states()[state].rows().start + entry.action as usize)
        };
        self.tried.key_of(self.context, self.pair, decided(row).iter().map(decision))
    }

    /// Up to `count` candidates, each made anew by `make` until it is one, a few times.
    fn collect(
        &mut self,
        count: usize,
        origin: Origin,
        mut make: impl FnMut(&mut Self) -> Option<Fixed>,
    ) -> Result<Vec<Candidate>, DecodeError> {
        let mut found = Vec::new();
        for _ in 0..TRIES * count {
            if found.len() == count {
                break;
            }
            let Some(fixed) = make(self) else { continue };
            if let Some(grown) = self.grow(&fixed) {
                found.extend(self.admit(grown, origin)?);
            }
        }
        Ok(found)
    }

    /// A random config, drawn again as long as there is hope: in a small space most are known, in a strict one most are refused.
    pub(super) fn start(&mut self) -> Result<Vec<Candidate>, DecodeError> {
        const ROUNDS: usize = 250;
        for _ in 0..ROUNDS {
            let found = self.random(1, Origin::Start)?;
            if !found.is_empty() {
                return Ok(found);
            }
        }
        Ok(Vec::new())
    }

    /// Random configs.
    pub(super) fn random(&mut self, count: usize, origin: Origin) -> Result<Vec<Candidate>, DecodeError> {
        self.collect(count, origin, |_| Some(Fixed::default()))
    }

    /// Configs with one decision taken otherwise, in random order.
    pub(super) fn neighbours(
        &mut self,
        base: Base<'_>,
        count: usize,
        origin: Origin,
    ) -> Result<Vec<Candidate>, DecodeError> {
        let mut changes = self.changes(base);
        changes.shuffle(self.rng);
        let fixed = Fixed::of(decided(base.row));
        let (mut changes, mut found) = (changes.into_iter(), Vec::new());
        while found.len() < count
            && let Some(Change { to, alone }) = changes.next()
        {
            if let Some(alone) = alone {
                found.extend(self.changed(base, to, &alone, origin)?);
                continue;
            }
            let mut fixed = fixed.clone();
            fixed.fix(to);
            if let Some(grown) = self.grow(&fixed) {
                found.extend(self.admit(grown, origin)?);
            }
        }
        Ok(found)
    }

    /// A config with a decision changed on which nothing hangs, where that is new and valid.
    fn changed(
        &mut self,
        base: Base<'_>,
        to: Entry,
        Alone { at, index, key }: &Alone,
        origin: Origin,
    ) -> Result<Option<Candidate>, DecodeError> {
        if self.tried.keys.contains(key) || !self.visited.insert(*key) {
            return Ok(None);
        }
        let (mut trace, mut row) = (base.trace.clone(), base.row.clone());
        trace.0[*at] = *index;
        let first = row.len() - trace.len();
        let from = std::mem::replace(&mut row[first + at], to);
        let is_valid = self.context.is_valid(self.pair, &trace)?;
        Ok(is_valid.then_some(Candidate { trace, row, key: *key, origin, change: Some((from, to)) }))
    }

    /// What could be done otherwise in a config, one decision at a time.
    fn changes(&mut self, base: Base<'_>) -> Vec<Change> {
        let (graph, decisions) = (self.context.graph(), decided(base.row));
        let vocabulary = graph.vocabulary();
        let (domains, rng, tried) = (self.domains, &mut *self.rng, &*self.tried);
        let (mut changes, mut at) = (Vec::new(), 0);
        let mut times = vec![0u32; vocabulary.states().len()];
        let can_be_alone = !self.sites.are_pruned();
        self.sites.grow(self.context, self.pair, |site, pending| {
            let (state, part) = (pending.decision().state, pending.part());
            let first = vocabulary.state(state).rows().start;
            let taken = decisions.get(at)?.action;
            let actions = pending.actions().map(|action| (action.index() - first) as u32);
            let mut others: Vec<u32> = actions.filter(|&action| action != taken).collect();
            near(&domains[state.index()], taken, &mut others, rng);
            let is_alone = can_be_alone && graph.is_alone(part);
            let time = times[state.index()];
            changes.extend(others.into_iter().map(|action| {
                let alone = is_alone.then(|| index(pending, first + action as usize)).flatten();
                let key = || tried.exchanged(base.key, time, (first + taken as usize, first + action as usize));
                Change { to: Entry { site, action }, alone: alone.map(|index| Alone { at, index, key: key() }) }
            }));
            times[state.index()] += 1;
            at += 1;
            place(pending, first + taken as usize)
        });
        changes
    }

    /// A candidate from one of the best, more likely from the very best: some neighbouring decisions drawn anew, or single ones.
    pub(super) fn of_elites(
        &mut self,
        points: &Points,
        ranked: &[usize],
        count: usize,
    ) -> Result<Vec<Candidate>, DecodeError> {
        self.collect(count, Origin::Elite, |this| {
            let elite = &points.told[this.elite(ranked)?];
            let is_run = this.rng.random::<bool>();
            Some(if is_run { this.run_anew(&elite.row) } else { this.several_anew(elite.base()) })
        })
    }

    /// A candidate of two parents: some neighbouring decisions of any config in one of the best, or a mixture of both.
    pub(super) fn of_parents(
        &mut self,
        points: &Points,
        ranked: &[usize],
        count: usize,
    ) -> Result<Vec<Candidate>, DecodeError> {
        self.collect(count, Origin::Parents, |this| {
            let elite = &points.told[this.elite(ranked)?].row;
            if this.rng.random::<bool>() {
                let donor = &points.told[ranked[this.rng.random_range(0..ranked.len())]].row;
                let (first, last) = this.run(decided(donor).len());
                return Some(Fixed::of(decided(elite).iter().chain(&decided(donor)[first..last])));
            }
            let other = &points.told[this.elite(ranked)?].row;
            let mut fixed = Fixed::of(decided(other).iter().chain(decided(elite)));
            for entry in decided(other) {
                if this.rng.random::<bool>() {
                    fixed.fix(*entry);
                }
            }
            Some(fixed)
        })
    }

    /// What gets a search out of a stall: one of the best with a part drawn anew, larger than what [`of_elites`](Self::of_elites)
    /// changes; or a random config.
    pub(super) fn redraw(&mut self, points: &Points, ranked: &[usize]) -> Result<Option<Candidate>, DecodeError> {
        let found = self.collect(1, Origin::StallRedraw, |this| {
            if this.rng.random_range(0..4) == 0 {
                return Some(Fixed::default());
            }
            let row = &points.told[this.elite(ranked)?].row;
            let is_run = this.rng.random_range(0..10) < 7;
            Some(if is_run { this.run_anew(row) } else { this.share_anew(row) })
        })?;
        Ok(found.into_iter().next())
    }

    /// An untried neighbour of the best of a pair that has one, of the best few.
    pub(super) fn local(
        &mut self,
        points: &Points,
        ranked: &[usize],
        few: usize,
    ) -> Result<Option<Candidate>, DecodeError> {
        for &place in ranked.iter().take(few) {
            let found = self.neighbours(points.told[place].base(), 1, Origin::StallNeighbour)?;
            if let Some(found) = found.into_iter().next() {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The place of one of the best: the rank `⌊n u³⌋`.
    fn elite(&mut self, ranked: &[usize]) -> Option<usize> {
        ranked.get(elite_rank(ranked.len(), self.rng)).copied()
    }

    /// From two to five decisions that follow each other.
    fn run(&mut self, len: usize) -> (usize, usize) {
        let count = self.rng.random_range(2..=5).min(len);
        let first = self.rng.random_range(0..=len - count);
        (first, first + count)
    }

    fn run_anew(&mut self, row: &Row) -> Fixed {
        let entries = decided(row);
        let (first, last) = self.run(entries.len());
        Fixed::of(entries[..first].iter().chain(&entries[last..]))
    }

    /// Two or more decisions anew, three with a probability of a half, and so on.
    fn several_anew(&mut self, base: Base<'_>) -> Fixed {
        let mut changes = self.changes(base);
        let mut fixed = Fixed::of(decided(base.row));
        let mut count = 2;
        while self.rng.random::<bool>() {
            count += 1;
        }
        changes.shuffle(self.rng);
        let mut done = HashSet::new();
        for Change { to, .. } in changes {
            if done.len() < count && done.insert(to.site) {
                fixed.fix(to);
            }
        }
        fixed
    }

    /// Each decision anew with a probability from 0.1 to 0.5.
    fn share_anew(&mut self, row: &Row) -> Fixed {
        let share = self.rng.random_range(0.1..0.5);
        Fixed::of(decided(row).iter().filter(|_| self.rng.random::<f64>() >= share))
    }
}

/// The rank of one of the best of so many, more likely a low one: `⌊n u³⌋`.
#[allow(clippy::cast_sign_loss)] // A share of a count.
pub(super) fn elite_rank(count: usize, rng: &mut Pcg64) -> usize {
    (count as f64 * rng.random::<f64>().powi(3)) as usize
}

/// The place of an action among those that are available.
fn place(pending: &Pending<'_>, row: usize) -> Option<usize> {
    pending.available().binary_search(&(position(pending, row)? as u32)).ok()
}

/// What a trace has for an action.
fn index(pending: &Pending<'_>, row: usize) -> Option<u32> {
    pending.decision().indices.get(position(pending, row)?).copied()
}

/// The position of an action among those of a decision.
fn position(pending: &Pending<'_>, row: usize) -> Option<usize> {
    let decision = pending.decision();
    let is_it = |position: usize| decision.actions.get(position).is_some_and(|action| action.index() == row);
    // Mostly a decision has all actions of its state, in their order.
    let first = decision.actions.first()?.index();
    let guess = row.checked_sub(first).filter(|&guess| is_it(guess));
    guess.or_else(|| (0..decision.actions.len()).find(|&position| is_it(position)))
}

/// Of many ordered actions leaves those whose distance is a power of two, and a few others.
fn near(domain: &Domain, taken: u32, others: &mut Vec<u32>, rng: &mut Pcg64) {
    let (Some(at), true) = (domain.place(taken), others.len() >= ALL_ACTIONS) else { return };
    let is_near = |action: &u32| domain.place(*action).is_some_and(|place| place.abs_diff(at).is_power_of_two());
    let (mut near, mut far): (Vec<u32>, Vec<u32>) = others.drain(..).partition(is_near);
    far.shuffle(rng);
    near.extend(far.into_iter().take(FAR_ACTIONS));
    *others = near;
}
