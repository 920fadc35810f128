//! The default search: a Gaussian process over traces that learns which states matter.

// What pulp compiles for wide vectors must be inlined there, or it is compiled without them.
#![allow(clippy::inline_always)]

mod aim;
mod candidates;
mod columns;
mod domain;
pub(in crate::search) mod expectation;
mod fit;
mod imagine;
mod improvement;
mod insight;
mod model;
mod origin;
mod points;
mod posterior;
mod propose;
#[cfg(test)]
mod search_tests;
mod sites;
mod targets;
pub(super) mod taught;
#[cfg(test)]
mod tests;
mod written;

use std::collections::BTreeSet;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;

use self::candidates::{Candidate, elite_rank};
use self::fit::{FIRST_STEPS, Fitted};
use self::insight::insight;
use self::model::Model;
use self::origin::Origin;
use self::points::{Entered, Point, Points, Waiting};
use self::propose::Turn;
use self::taught::Taught;
use super::context::{Context, Proposal};
use super::firsts::Firsts;
use super::insight::Insight;
use super::search::Search;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken};
use super::tried::Tried;
use crate::agent::observation::check;
use crate::agent::{ObserveError, TransferReport};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::{AnyConfig, Pair};
use crate::space::uniform::Uniform;
use crate::space::{DecodeError, SampleError};
use crate::train::{Outcome, Rewards};

/// Bayesian optimisation over traces: the default of a [`Study`](crate::study::Study).
///
/// A Gaussian process predicts what configs earn. Two configs are the more alike the fewer decisions they take otherwise, where each
/// state counts by a weight that is learned, and numbers know their order. Proposed is what is expected to improve most on the best
/// trial so far: among neighbours of good configs, changes and mixtures of elites, and random configs. Where nothing better
/// comes for a while, it also makes the moves of local search, asks a model without learned weights, and draws larger parts anew.
/// No config is proposed twice as long as others are found. `docs/search.md` tells why, and what it is worth.
///
/// Failed trials count as worse than all others, pruned ones stand by their last value, and pending ones are believed to earn what
/// is predicted for them. All spaces and tasks that are searched teach each other.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::search::{BayesianSearch, Searcher};
///
/// #[search_space]
/// struct Config {
///     #[space(range = 1..=64)]
///     layers: u32,
///     residual: bool,
/// }
///
/// let mut search = BayesianSearch::<Config>::new(7);
/// let mut best = 0.0f64;
/// for _ in 0..30 {
///     let trial = search.ask()?;
///     let reward = -(f64::from(trial.config.layers) - 40.0).abs() + f64::from(u8::from(trial.config.residual));
///     search.tell(trial, reward)?;
///     best = best.max(reward);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type BayesianSearch<T> = Search<T, Bayesian>;

/// The strategy of [`BayesianSearch`].
#[derive(Debug, Clone)]
pub struct Bayesian {
    rng: Pcg64,
    firsts: Firsts,
    tried: Tried,
    points: Points,
    /// Weights and noise; none before the first fit.
    fitted: Option<Fitted>,
    /// The pairs of which nothing new was found since something was told.
    used_up: BTreeSet<Pair>,
    /// Trials told, and those of them since the last fit.
    told: u64,
    since_fit: u64,
    /// Made from the rest where it is needed.
    model: Option<Model>,
    /// What else was to be proposed, best first, in case that what was proposed is passed over.
    offers: Vec<(Pair, Candidate)>,
    is_passed_over: bool,
}

/// The first fit is after so many trials, and further ones after a tenth of all trials, but after so many at most.
const FIRST_FIT: u64 = 10;
const MOST_PAUSE: u64 = 25;
/// There are few trials up to so many.
const FEW: u64 = 20;
/// Steps of a fit later.
const STEPS: i32 = 8;

impl<T: AnyConfig> BayesianSearch<T> {
    /// A search whose trials depend on the seed and the rewards only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::by(Bayesian::new(seed))
    }
}

impl Bayesian {
    pub(super) const NAME: &'static str = "Bayesian search";

    /// A strategy that proposes the same for the same seed and outcomes.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::by(Pcg64::seed_from_u64(seed))
    }

    fn by(rng: Pcg64) -> Self {
        Self {
            rng,
            firsts: Firsts::default(),
            tried: Tried::default(),
            points: Points::default(),
            fitted: None,
            used_up: BTreeSet::new(),
            told: 0,
            since_fit: 0,
            model: None,
            offers: Vec::new(),
            is_passed_over: false,
        }
    }

    /// Takes the model out of its place, made anew where there is none of this context.
    fn take_model(&mut self, context: &Context) -> Model {
        if let Some(model) = self.model.take().filter(|model| model.is_of(context)) {
            return model;
        }
        let mut model = Model::new(context, self.points.taught.groups);
        self.points.taught.place(context, &mut model.sites);
        for point in &mut self.points.told {
            point.row = model.sites.row(context, point.pair, &point.trace).unwrap_or_default();
        }
        for waiting in &mut self.points.pending {
            waiting.row = model.sites.row(context, waiting.pair, &waiting.trace).unwrap_or_default();
        }
        model
    }

    fn next(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        if std::mem::take(&mut self.is_passed_over) {
            while let Some((pair, candidate)) = self.offers.pop() {
                if context.pairs().contains(&pair) {
                    return Ok(self.offer(pair, candidate));
                }
            }
        }
        self.offers.clear();
        if let Some(first) = self.firsts.next(context, &mut self.rng)? {
            return Ok(self.given(context, first));
        }
        let pair = context.draw_pair(&mut self.rng)?;
        self.points.see_anew(&mut self.rng);
        let mut candidates = if self.used_up.contains(&pair) { Vec::new() } else { self.candidates(context, pair)? };
        let Some(best) = candidates.pop() else {
            self.used_up.insert(pair);
            return self.known(context, pair);
        };
        self.offers = candidates.into_iter().map(|candidate| (pair, candidate)).collect();
        Ok(self.offer(pair, best))
    }

    /// Where nothing new was found, one of the best again: whoever must have something new finds it by other means.
    fn known(&mut self, context: &Context, pair: Pair) -> Result<Proposal, SampleError> {
        let mut ranked = self.points.ranked(pair);
        ranked.retain(|&place| self.points.told[place].scalarized.reward().is_some());
        match ranked.get(elite_rank(ranked.len(), &mut self.rng)) {
            Some(&place) => Ok(Proposal::chosen(pair, self.points.told[place].trace.clone())),
            None => Ok(context.random(pair, &Uniform::OverTraces, &mut self.rng)?.0),
        }
    }

    fn candidates(&mut self, context: &Context, pair: Pair) -> Result<Vec<Candidate>, DecodeError> {
        let mut model = self.take_model(context);
        if !Turn::is_start(&self.points, pair) {
            self.fit_where_due(&mut model);
        }
        let fitted = self.fitted.get_or_insert_with(|| model.unfitted());
        let Self { points, tried, rng, .. } = self;
        let mut turn = Turn { context, pair, points, model: &mut model, fitted, tried, rng };
        let candidates = turn.candidates();
        self.model = Some(model);
        candidates
    }

    /// Fits the weights again once so many trials were told since the last time.
    fn fit_where_due(&mut self, model: &mut Model) {
        let pause = (self.told / 10).clamp(1, MOST_PAUSE);
        if self.since_fit < pause || self.told < FIRST_FIT {
            return;
        }
        self.points.thin();
        model.forget();
        let steps = if self.told < FEW { FIRST_STEPS } else { STEPS };
        let start = self.fitted.take().unwrap_or_else(|| model.unfitted());
        self.fitted = Some(model.fit(&self.points, &start, steps));
        self.since_fit = 0;
    }

    fn offer(&mut self, pair: Pair, candidate: Candidate) -> Proposal {
        let Candidate { trace, row, key, origin, .. } = candidate;
        self.wait(Waiting { pair, trace: trace.clone(), row, key });
        Proposal::chosen(pair, trace).by(origin.words())
    }

    fn given(&mut self, context: &Context, proposal: Proposal) -> Proposal {
        let Proposal { pair, ref trace, .. } = proposal;
        let key = self.tried.key(context, pair, trace);
        let mut model = self.take_model(context);
        let row = model.sites.row(context, pair, trace);
        self.model = Some(model);
        self.wait(Waiting { pair, trace: trace.clone(), row: row.unwrap_or_default(), key });
        proposal.by(Origin::Given.words())
    }

    fn wait(&mut self, waiting: Waiting) {
        self.tried.keys.insert(waiting.key);
        if self.points.wait(waiting) {
            self.forget_pending();
        }
    }

    /// Has the trials of other searches as data from now on.
    fn be_taught(&mut self, taught: Taught) {
        self.points.taught = taught;
        self.model = None;
    }

    fn forget_pending(&mut self) {
        if let Some(model) = &mut self.model {
            model.forget_pending();
        }
    }

    fn remember(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) {
        self.used_up.clear();
        let Proposal { pair, trace, .. } = proposal;
        let key = self.tried.key(context, *pair, trace);
        // As it is written down: with numbers only.
        let Some(outcome) = outcome.finite() else {
            self.tried.keys.remove(&key);
            self.points.forget(key);
            return self.forget_pending();
        };
        let mut model = self.take_model(context);
        let row = model.sites.row(context, *pair, trace).unwrap_or_default();
        self.tried.keys.insert(key);
        let lot = self.rng.random();
        let scalarized = outcome.plain();
        let point = Point { pair: *pair, trace: trace.clone(), row, key, outcome, scalarized, count: 1, lot };
        (self.told, self.since_fit) = (self.told.saturating_add(1), self.since_fit.saturating_add(1));
        model.forget_pending();
        if self.points.tell(point) == Entered::Again {
            // Its mean has less noise: the beliefs are made anew.
            model.forget();
        }
        self.model = Some(model);
    }
}

impl Strategy for Bayesian {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        self.next(context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        check(Rewards::Ranks, outcome)?;
        context.graph().follow(proposal.pair.space, &proposal.trace)?;
        self.remember(context, proposal, outcome);
        Ok(())
    }

    fn passed_over(&mut self, context: &Context, proposal: &Proposal) {
        let key = self.tried.key(context, proposal.pair, &proposal.trace);
        if self.points.forget(key) {
            self.forget_pending();
            self.is_passed_over = true;
        }
    }

    /// Many: what comes after the best is known already, and costs next to nothing.
    fn draws(&self) -> usize {
        100
    }

    /// It is believed to earn what is predicted for it, as all that is pending.
    fn accept(&mut self, context: &Context, proposal: &Proposal) -> bool {
        self.given(context, proposal.clone());
        true
    }

    fn learn_from(&mut self, _: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        let taught = Taught::of(lessons);
        let mut data = vec![0; taught.groups];
        taught.points.iter().for_each(|point| data[point.group] += 1);
        self.be_taught(taught);
        Ok(Taken { data, policy: None })
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.to_bytes(context).map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        *self = Self::from_bytes(context, snapshot)?;
        Ok(true)
    }

    fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
        let mut this = self.clone();
        this.points.see_alike();
        let model = this.take_model(context);
        let fitted = this.fitted.take().unwrap_or_else(|| model.unfitted());
        insight(context, pair, &this.points, model, &fitted)
    }

    /// The weights of states that are still there stay. The best are tried first, with what is new drawn at random; what they and
    /// the others earned is not believed in here.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        self.adapted(context, snapshot, starts).map(Some)
    }
}
