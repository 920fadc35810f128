//! The names of decisions in exports: a state's name, or, where a config decides a state at several places, the place.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::space::Outline;
use crate::study::{SpaceRecord, StudyView, TrialRecord};

/// What the decisions of a study's trials are called.
pub(in crate::study) struct Places {
    outline: Option<Outline>,
    /// The space of which the outline is.
    space: i64,
    /// By state: all places, where there are several.
    repeated: HashMap<String, Vec<String>>,
}

impl Places {
    pub(in crate::study) fn of(study: &StudyView) -> Self {
        Self::of_space(&study.space, study.study.space)
    }

    /// The places of a space, and its number.
    pub(in crate::study) fn of_space(record: &SpaceRecord, space: i64) -> Self {
        // One that cannot be read, or of an earlier version, knows no places.
        let outline: Option<Outline> = serde_json::from_str(&record.outline).ok();
        let repeated = outline.as_ref().map(Outline::repeated).unwrap_or_default();
        Self { outline, space, repeated }
    }

    /// The names under which decisions of a state are found.
    pub(in crate::study) fn names<'a>(&'a self, state: &'a str) -> Vec<&'a str> {
        self.repeated.get(state).map_or_else(|| vec![state], |places| places.iter().map(String::as_str).collect())
    }

    /// By the name of a state, and of a place: where it comes in the order of the decisions.
    pub(in crate::study) fn order(&self) -> HashMap<String, usize> {
        let mut order = HashMap::new();
        for (i, (state, place)) in self.outline.iter().flat_map(Outline::in_order).enumerate() {
            order.entry(place).or_insert(i);
            order.entry(state).or_insert(i);
        }
        order
    }

    /// Where each decision of a trial is made; none where that is not known.
    pub(in crate::study) fn all(&self, trial: &TrialRecord) -> Option<Vec<String>> {
        let outline = self.outline.as_ref().filter(|_| trial.space == self.space)?;
        outline.places(&trial.decisions)
    }

    /// The name of each decision of a trial.
    pub(in crate::study) fn of_trial<'a>(&self, trial: &'a TrialRecord) -> Vec<Cow<'a, str>> {
        let is_repeated = |state: &str| self.repeated.contains_key(state);
        let has_some = trial.decisions.iter().any(|(state, _)| is_repeated(state));
        let places = if has_some { self.all(trial) } else { None };
        let mut places = places.into_iter().flatten();
        let name = |(state, _): &'a (String, String)| {
            let place = places.next().filter(|_| is_repeated(state));
            place.map_or(Cow::Borrowed(state.as_str()), Cow::Owned)
        };
        trial.decisions.iter().map(name).collect()
    }
}
