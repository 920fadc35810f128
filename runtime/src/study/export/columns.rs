//! The states of a study, those of earlier spaces included, with all their labels.

use std::collections::{HashMap, HashSet};

use crate::space::Kind;
use crate::study::{Curve, StudyView};

/// A state as all trials of a study have it.
pub(super) struct Column<'a> {
    pub(super) state: &'a str,
    /// None where the space has no such state any more.
    pub(super) kind: Option<Kind>,
    /// Those of the space, then those that only trials of an earlier space have.
    pub(super) labels: Vec<&'a str>,
}

/// The states of the space in row order, then the others as they come up in the trials.
pub(super) fn columns(study: &StudyView) -> Vec<Column<'_>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for state in &study.space.states {
        let labels = state.actions.iter().map(String::as_str).collect();
        columns.push(Column { state: &state.state, kind: Some(state.kind), labels });
    }
    let mut known: HashSet<(&str, &str)> = HashSet::new();
    known.extend(columns.iter().flat_map(|column| column.labels.iter().map(|label| (column.state, *label))));
    let mut places: HashMap<&str, usize> = columns.iter().enumerate().map(|(i, column)| (column.state, i)).collect();
    for (state, label) in study.trials.iter().flat_map(|trial| &trial.decisions) {
        let place = *places.entry(state).or_insert_with(|| {
            columns.push(Column { state, kind: None, labels: Vec::new() });
            columns.len() - 1
        });
        if known.insert((state, label)) {
            columns[place].labels.push(label);
        }
    }
    columns
}

/// What each trial reported in the attempt that counts, by its number.
pub(super) fn curves(study: &StudyView) -> HashMap<u64, Curve> {
    study.curves().into_iter().map(|(trial, points)| (trial, points.into_iter().collect())).collect()
}
