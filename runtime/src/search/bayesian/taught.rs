//! Trials of other searches as data: held for good, each group on a scale of its own.

use super::super::context::Context;
use super::super::sources::{Group, Lesson, Lessons, MOST_DATA, shares};
use super::sites::{Row, Sites};
use super::targets::{Targets, View};
use crate::policy::Pair;
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

    pub(super) fn with(groups: &[Group], most: usize) -> Self {
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
