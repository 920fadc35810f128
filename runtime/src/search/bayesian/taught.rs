//! Trials of other searches as data: held for good, each group on a scale of its own.

use super::super::context::Context;
use super::super::sources::{Group, Lesson, Lessons, MOST_DATA, shares};
use super::FIRST_STEPS as STEPS;
use super::model::{Belief, Model};
use super::points::Points;
use super::posterior::{Believed, Config};
use super::sites::{Row, Sites};
use super::targets::{Targets, View};
use crate::policy::Pair;
use crate::space::Trace;
use crate::train::Outcome;

/// Trials of other searches that the belief rests on, beside those told.
#[derive(Debug, Clone, Default)]
pub(super) struct Taught {
    /// Group by group.
    pub(super) points: Vec<TaughtPoint>,
    /// How many groups there are.
    pub(super) groups: usize,
}

#[derive(Debug, Clone)]
pub(super) struct TaughtPoint {
    pub(super) group: usize,
    pub(super) pair: Pair,
    pub(super) lesson: Lesson,
    pub(super) row: Row,
}

impl Taught {
    /// Of each group as many as its share: half of them the best, half spread over the others.
    pub(super) fn of(lessons: &Lessons) -> Self {
        Self::with(&lessons.groups, MOST_DATA)
    }

    fn with(groups: &[Group], most: usize) -> Self {
        let shares = shares(groups, most);
        let mut points = Vec::new();
        for (group, (of, share)) in groups.iter().zip(shares).enumerate() {
            let point = |place: usize| {
                let lesson = of.trials[place].clone();
                TaughtPoint { group, pair: of.pair, lesson, row: Row::new() }
            };
            points.extend(of.chosen(share).map(point));
        }
        Self { points, groups: groups.len() }
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Whether some of it is of a pair.
    pub(super) fn is_of(&self, pair: Pair) -> bool {
        self.points.iter().any(|point| point.pair == pair)
    }

    /// Has each know its row among the sites.
    pub(super) fn place(&mut self, context: &Context, sites: &mut Sites) {
        for TaughtPoint { group, pair, lesson, row } in &mut self.points {
            *row = sites.sketch(context, *pair, &lesson.decisions, *group);
        }
    }

    /// What the belief is fitted to, each group on its own scale.
    pub(super) fn targets(&self, view: View) -> Vec<f64> {
        let of_group = |points: &[TaughtPoint]| {
            let outcomes: Vec<Outcome> = points.iter().map(|point| point.lesson.outcome).collect();
            Targets::of(&outcomes, view).values
        };
        self.points.chunk_by(|a, b| a.group == b.group).flat_map(of_group).collect()
    }
}

/// What one group alone predicts of configs here.
#[derive(Debug, Clone)]
pub(in crate::search) struct Expectation {
    pair: Pair,
    model: Model,
    weights: Vec<f64>,
    believed: Believed,
}

impl Expectation {
    /// By a model that is fitted to so many of its trials.
    pub(in crate::search) fn new(context: &Context, group: &Group, most: usize) -> Self {
        let (mut model, mut points) = (Model::new(context, 1), Points::default());
        points.taught = Taught::with(std::slice::from_ref(group), most);
        points.taught.place(context, &mut model.sites);
        let unfitted = model.unfitted();
        let fitted = model.fit(&points, &unfitted, STEPS);
        let (targets, _) = model.targets(Belief::Learned, &points, &fitted, View::Plain);
        let (weights, believed) = model.believe(Belief::Learned, &points, &fitted, &targets);
        Self { pair: group.pair, model, weights, believed }
    }

    /// The target of a config, of which only the order means something; none of one of another pair.
    pub(in crate::search) fn predict(&mut self, context: &Context, pair: Pair, trace: &Trace) -> Option<f64> {
        let row = self.model.sites.row(context, pair, trace).filter(|_| pair == self.pair)?;
        let scale = self.model.scale(&self.weights);
        let predicted = self.model.posterior(Belief::Learned).predict(&self.believed, &[Config::Whole(&row)], scale);
        predicted.first().map(|predicted| predicted.mean)
    }
}
