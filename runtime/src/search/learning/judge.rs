//! Whether what sources predict has to do with what is earned.

use std::collections::{BTreeMap, BTreeSet};

use super::super::bayesian::expectation::Expectation;
use super::super::context::Context;
use super::super::sources::{Lessons, drop_places};
use super::super::spearman::spearman;
use crate::policy::Pair;
use crate::space::Trace;
use crate::train::Outcome;

/// What each group expects of configs.
#[derive(Debug, Clone)]
pub(super) struct Judge(Vec<Expectation>);

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Verdict {
    /// The groups to be dropped, each with its rank correlation.
    pub(super) misleading: BTreeMap<usize, f64>,
    /// Whether nothing more is to be found out.
    pub(super) is_last: bool,
}

/// Groups are judged from so many trials of their pair on, and the last time after so many.
const FIRST: usize = 10;
const LAST: usize = 20;
/// Spearman's rank correlation below which a group misleads, the first time and the last. It falls, since what is tried later is tried
/// because good was predicted of it: among such configs even a good prediction tells less.
const LEAST: (f64, f64) = (0.3, 0.0);

/// The least correlation after so many trials.
fn least(count: usize) -> f64 {
    let share = (count - FIRST) as f64 / (LAST - FIRST) as f64;
    LEAST.0 + share * (LEAST.1 - LEAST.0)
}

/// The trials that each group's model is fitted to, at least and at most, and in all where there are many groups.
const POINTS: (usize, usize) = (5, 100);
const ALL_POINTS: usize = 2000;

/// How many trials the model of each of so many groups is fitted to.
pub(super) fn points(groups: usize) -> usize {
    let (few, many) = POINTS;
    (ALL_POINTS / groups.max(1)).clamp(few, many)
}

impl Judge {
    fn new(context: &Context, lessons: &Lessons, points: usize) -> Self {
        Self(lessons.groups.iter().map(|group| Expectation::new(context, group, points)).collect())
    }

    pub(super) fn drop_groups(&mut self, dropped: &BTreeSet<usize>) {
        drop_places(&mut self.0, dropped);
    }

    fn correlation(&mut self, context: &Context, group: usize, told: &[(Pair, Trace, Outcome)]) -> Option<f64> {
        let expectation = self.0.get_mut(group)?;
        let pairs = told
            .iter()
            .filter_map(|(pair, trace, outcome)| Some((expectation.predict(context, *pair, trace)?, outcome.merit()?)));
        spearman(pairs.collect::<Vec<_>>().into_iter())
    }
}

/// As long as it is not known whether the sources are of use.
#[derive(Clone)]
pub(super) struct Probation {
    pub(super) lessons: Lessons,
    /// The strategy before it learned from them; none where it took nothing of them.
    pub(super) before: Option<Vec<u8>>,
    pub(super) told: Vec<(Pair, Trace, Outcome)>,
    /// How many trials the model of each group is fitted to.
    pub(super) points: usize,
    /// Made where it is needed.
    pub(super) judge: Option<Judge>,
}

impl std::fmt::Debug for Probation {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Probation").field("told", &self.told.len()).finish_non_exhaustive()
    }
}

impl Probation {
    /// Compares what was told with what the sources predict of it.
    pub(super) fn judge(&mut self, context: &Context) -> Verdict {
        let of_pair = |pair: Pair| self.told.iter().filter(|(of, ..)| *of == pair).count();
        let counts: Vec<usize> = self.lessons.groups.iter().map(|group| of_pair(group.pair)).collect();
        let last = self.told.last().map(|(pair, ..)| *pair);
        // Where some pairs are not searched, theirs are never judged.
        let pairs: BTreeSet<Pair> = self.lessons.groups.iter().map(|group| group.pair).collect();
        let is_last = counts.iter().all(|count| *count >= LAST) || self.told.len() >= LAST * (pairs.len() + 1);
        let mut misleading = BTreeMap::new();
        for (group, count) in counts.into_iter().enumerate() {
            if Some(self.lessons.groups[group].pair) != last || !(FIRST..=LAST).contains(&count) {
                continue;
            }
            let bound = least(count);
            let judge = self.judge.get_or_insert_with(|| Judge::new(context, &self.lessons, self.points));
            let found = judge.correlation(context, group, &self.told);
            misleading.extend(found.filter(|found| *found < bound).map(|found| (group, found)));
        }
        Verdict { misleading, is_last }
    }
}
