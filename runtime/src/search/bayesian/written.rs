//! The search as a snapshot, by names.

use std::collections::{BTreeMap, HashSet};

use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use super::super::context::Context;
use super::super::firsts::{Firsts, WrittenFirsts};
use super::super::sources::{Lesson, MOST_DATA, MOST_GROUPS};
use super::super::tried::{Tried, WrittenIdentities};
use super::super::written::{Lines, Reader, Rows, WrittenDecisions, place, rows, written_decisions};
use super::Bayesian;
use super::fit::{Fitted, NOISES, WEIGHTS};
use super::model::Model;
use super::points::{HELD, PENDING, Point, Points, Progress, Waiting};
use super::sites::Row;
use super::taught::{Taught, TaughtPoint};
use crate::agent::{Share, TransferReport};
use crate::checkpoint::parcel::{Parcel, rng_text};
use crate::checkpoint::{LoadError, SaveError};
use crate::train::Outcome;

/// The part with the keys of all that was tried.
const TRIED: &str = "tried";

#[derive(Serialize, Deserialize)]
struct State {
    lines: Lines,
    #[serde(with = "rng_text")]
    rng: Pcg64,
    firsts: WrittenFirsts,
    identities: WrittenIdentities,
    told: u64,
    since_fit: u64,
    /// The places of the pairs of which nothing new was found.
    used_up: Vec<usize>,
    fitted: Option<WrittenFit>,
    points: Vec<WrittenPoint>,
    /// By the place of the pair.
    pending: Vec<(usize, Rows)>,
    /// By the place of the pair: the best reward, and the trials told since.
    progress: Vec<(usize, Option<f64>, u64)>,
    /// The trials of other searches, group by group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taught: Vec<Vec<WrittenLesson>>,
}

#[derive(Serialize, Deserialize)]
struct WrittenFit {
    /// `ln w` of each state in the order of the names, and of the task.
    weights: Vec<f64>,
    /// The same of what a trial's search is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<f64>,
    /// `ln η`.
    noise: f64,
}

#[derive(Serialize, Deserialize)]
struct WrittenPoint {
    /// The place of the pair.
    pair: usize,
    rows: Rows,
    outcome: Outcome,
    count: u32,
    lot: u64,
}

#[derive(Serialize, Deserialize)]
struct WrittenLesson {
    /// The place of the pair.
    pair: usize,
    decisions: WrittenDecisions,
    outcome: Outcome,
}

impl Bayesian {
    pub(super) fn to_bytes(&self, context: &Context) -> Result<Vec<u8>, SaveError> {
        let point = |point: &Point| {
            let Point { pair, trace, outcome, count, lot, .. } = point;
            let (place, rows) = (place(context, *pair)?, rows(context, *pair, trace));
            Some(WrittenPoint { pair: place, rows, outcome: *outcome, count: *count, lot: *lot })
        };
        let waiting =
            |Waiting { pair, trace, .. }: &Waiting| Some((place(context, *pair)?, rows(context, *pair, trace)));
        let progress = |(pair, progress): (&crate::policy::Pair, &Progress)| {
            Some((place(context, *pair)?, progress.best, progress.stalled))
        };
        let state = State {
            lines: Lines::of(context),
            rng: self.rng.clone(),
            firsts: self.firsts.written(context),
            identities: self.tried.written(context),
            told: self.told,
            since_fit: self.since_fit,
            used_up: self.used_up.iter().filter_map(|pair| place(context, *pair)).collect(),
            fitted: self.fitted.as_ref().map(|fitted| WrittenFit::of(fitted, !self.points.taught.is_empty())),
            points: self.points.told.iter().filter_map(point).collect(),
            pending: self.points.pending.iter().filter_map(waiting).collect(),
            progress: self.points.progress.iter().filter_map(progress).collect(),
            taught: written_lessons(context, &self.points.taught),
        };
        Parcel::new(Self::NAME, &state)?.with(TRIED, Some(self.tried.bytes())).to_bytes()
    }

    pub(super) fn from_bytes(context: &Context, snapshot: &[u8]) -> Result<Self, LoadError> {
        let parcel = Parcel::from_bytes(snapshot, Self::NAME)?;
        let state: State = parcel.state()?;
        let reader = state.lines.reader(context);
        reader.check_whole()?;
        state.check()?;
        let mut tried = state.identities.read(context, parcel.part(TRIED)?)?;
        let taught = state.taught(&reader);
        let mut model = Model::new(context, taught.groups);
        let mut points = state.points(context, &reader, &mut model, &mut tried)?;
        points.taught = taught;
        points.taught.place(context, &mut model.sites);
        Ok(Self {
            firsts: state.firsts.read(&reader),
            tried,
            points,
            fitted: state.fitted.as_ref().map(|fitted| fitted.read(&reader, model.unfitted())),
            told: state.told,
            since_fit: state.since_fit,
            used_up: state.used_up.iter().filter_map(|place| reader.pair(*place)).collect(),
            model: Some(model),
            ..Self::by(state.rng)
        })
    }

    /// This search over a changed type.
    pub(super) fn adapted(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<TransferReport, LoadError> {
        let state: State = Parcel::from_bytes(snapshot, Self::NAME)?.state()?;
        let reader = state.lines.reader(context);
        let mut best: BTreeMap<usize, Vec<(Rows, Outcome)>> = BTreeMap::new();
        for WrittenPoint { pair, rows, outcome, .. } in &state.points {
            best.entry(*pair).or_default().push((rows.clone(), *outcome));
        }
        let (mut firsts, of) = (Firsts::default(), state.points.len());
        for (place, best) in &best {
            let Some(pair) = reader.pair(*place) else { continue };
            firsts.push_best(pair, best, &reader, starts);
        }
        let unfitted = Model::new(context, 0).unfitted();
        let fitted = state.fitted.as_ref().map(|fitted| fitted.read(&reader, unfitted));
        let report = reader.report(Share { reused: firsts.len(), of });
        *self = Self { firsts, fitted, ..Self::by(self.rng.clone()) };
        Ok(report)
    }
}

impl State {
    /// What a snapshot says must be something that can be.
    fn check(&self) -> Result<(), LoadError> {
        let fault = |reason: &str| Err(LoadError::Metadata { reason: reason.to_owned() });
        let is_number = |outcome: Outcome| match outcome {
            Outcome::Reward(value) | Outcome::Pruned { last: value, .. } => value.is_finite(),
            Outcome::Scores(scores) => scores.is_finite(),
            Outcome::Failed { severity } => severity.is_none_or(f64::is_finite),
            Outcome::Cancelled => false,
        };
        let numbers = |fit: &WrittenFit| {
            let all = fit.weights.iter().chain(&fit.source).chain([&fit.noise]);
            all.copied().all(f64::is_finite)
        };
        let held = self.points.len() as u64;
        if held > self.since_fit.saturating_add(2 * HELD as u64) || held > self.told || self.since_fit > self.told {
            return fault("the number of trials that are held is not one that can be");
        }
        // Those of other pairs would be held for ever.
        let pairs: HashSet<usize> = self.progress.iter().map(|(place, ..)| *place).collect();
        if !self.points.iter().all(|point| pairs.contains(&point.pair)) {
            return fault("a trial that is held is of a space and a task without progress");
        }
        if self.taught.len() > MOST_GROUPS || self.taught.iter().map(Vec::len).sum::<usize>() > MOST_DATA {
            return fault("the number of trials of other searches is not one that can be");
        }
        if self.pending.len() > PENDING {
            return fault("the number of pending trials is not one that can be");
        }
        let outcomes = self.points.iter().map(|point| point.outcome);
        let taught = self.taught.iter().flatten().map(|lesson| lesson.outcome);
        if !outcomes.chain(taught).all(is_number) || !self.fitted.as_ref().is_none_or(numbers) {
            return fault("a reward, a weight or the noise is not a number that can be");
        }
        Ok(())
    }

    fn taught(&self, reader: &Reader<'_>) -> Taught {
        let mut points = Vec::new();
        for (group, lessons) in self.taught.iter().enumerate() {
            let point = |written: &WrittenLesson| {
                let lesson = Lesson { decisions: reader.decisions(&written.decisions), outcome: written.outcome };
                Some(TaughtPoint { group, pair: reader.pair(written.pair)?, lesson, row: Row::new() })
            };
            points.extend(lessons.iter().filter_map(point));
        }
        Taught { points, groups: self.taught.len() }
    }

    fn points(
        &self,
        context: &Context,
        reader: &Reader<'_>,
        model: &mut Model,
        tried: &mut Tried,
    ) -> Result<Points, LoadError> {
        let missing = || LoadError::Metadata { reason: "a trial that is held is no config of the space".to_owned() };
        let mut config = |pair: usize, rows: &Rows| -> Option<(crate::policy::Pair, crate::space::Trace, Row, u128)> {
            let pair = reader.pair(pair)?;
            let trace = reader.trace(pair, rows)?;
            let row = model.sites.row(context, pair, &trace)?;
            let key = tried.key(context, pair, &trace);
            Some((pair, trace, row, key))
        };
        let mut points = Points::default();
        for WrittenPoint { pair, rows, outcome, count, lot } in &self.points {
            let (pair, trace, row, key) = config(*pair, rows).ok_or_else(missing)?;
            let (outcome, count, lot) = (*outcome, *count, *lot);
            let scalarized = outcome.plain();
            points.told.push(Point { pair, trace, row, key, outcome, scalarized, count, lot });
        }
        for (pair, rows) in &self.pending {
            let (pair, trace, row, key) = config(*pair, rows).ok_or_else(missing)?;
            points.pending.push(Waiting { pair, trace, row, key });
        }
        for &(place, best, stalled) in &self.progress {
            points.progress.extend(reader.pair(place).map(|pair| (pair, Progress { best, stalled })));
        }
        Ok(points)
    }
}

fn written_lessons(context: &Context, taught: &Taught) -> Vec<Vec<WrittenLesson>> {
    let mut groups: Vec<Vec<WrittenLesson>> = Vec::new();
    groups.resize_with(taught.groups, Vec::new);
    for TaughtPoint { group, pair, lesson, .. } in &taught.points {
        if let Some(pair) = place(context, *pair) {
            let decisions = written_decisions(&lesson.decisions);
            groups[*group].push(WrittenLesson { pair, decisions, outcome: lesson.outcome });
        }
    }
    groups
}

impl WrittenFit {
    fn of(Fitted { weights, noise }: &Fitted, is_taught: bool) -> Self {
        let (source, others) = weights.split_last().map_or((None, &[][..]), |(last, rest)| (Some(*last), rest));
        Self { weights: others.to_vec(), source: source.filter(|_| is_taught), noise: *noise }
    }

    /// The weights here of the states that were there; others take those of `new`.
    fn read(&self, reader: &Reader<'_>, new: Fitted) -> Fitted {
        let Fitted { mut weights, .. } = new;
        let (source, old_task) = (weights.len() - 1, self.weights.len().saturating_sub(1));
        let clamped = |weight: &f64| weight.clamp(WEIGHTS.0, WEIGHTS.1);
        for (row, weight) in weights[..source].iter_mut().enumerate() {
            let old = if row + 1 == source { Some(old_task) } else { reader.old_state(row) };
            *weight = old.and_then(|old| self.weights.get(old)).map_or(*weight, clamped);
        }
        weights[source] = self.source.as_ref().map_or(weights[source], clamped);
        Fitted { weights, noise: self.noise.clamp(NOISES.0, NOISES.1) }
    }
}
