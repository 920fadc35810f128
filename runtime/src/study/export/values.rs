//! The numbers that the names of constants stand for, as the configs of trials have them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Number, Value};

use crate::space::Kind;
use crate::study::{StateRecord, TrialRecord};

/// The states of numbers of which an action has another label than its number: `WIDE` for 1024.
#[derive(Debug, Clone, Default)]
pub(super) struct Constants<'a>(HashSet<&'a str>);

impl<'a> Constants<'a> {
    pub(super) fn of(states: &'a [StateRecord]) -> Self {
        let has_names = |state: &&StateRecord| {
            matches!(state.kind, Kind::Integer | Kind::Float) && !state.actions.iter().all(|label| is_number(label))
        };
        Self(states.iter().filter(has_names).map(|state| state.state.as_str()).collect())
    }

    /// For each decision of a trial the number that its label stood for when it was made. None where the label is its own number, or
    /// is of no number, or the config was written by a version that did not say.
    pub(super) fn values<'t>(&self, trial: &'t TrialRecord) -> Vec<Option<Number>> {
        let has_name = |(state, label): &(String, String)| self.0.contains(state.as_str()) && !is_number(label);
        if !trial.decisions.iter().any(has_name) {
            return vec![None; trial.decisions.len()];
        }
        let config: Map<String, Value> = serde_json::from_str(&trial.config).unwrap_or_default();
        let mut times: HashMap<&str, usize> = HashMap::new();
        let value = |decision: &'t (String, String)| {
            let time = times.entry(&decision.0).or_default();
            *time += 1;
            let value = match config.get(&decision.0)? {
                Value::Array(all) => all.get(*time - 1)?,
                value => value,
            };
            value.as_number().filter(|_| has_name(decision)).cloned()
        };
        trial.decisions.iter().map(value).collect()
    }
}

fn is_number(label: &str) -> bool {
    label.parse::<f64>().is_ok()
}

/// By state and label: the number, where all trials that have the label agree on it. A constant may have changed between them.
#[derive(Debug, Clone, Default)]
pub(in crate::study) struct Values<'a>(HashMap<&'a str, HashMap<&'a str, Option<Number>>>);

impl<'a> Values<'a> {
    pub(in crate::study) fn of(states: &'a [StateRecord], trials: &'a [TrialRecord]) -> Self {
        let (constants, mut this) = (Constants::of(states), Self::default());
        for trial in trials {
            for ((state, label), value) in trial.decisions.iter().zip(constants.values(trial)) {
                let Some(value) = value else { continue };
                let labels = this.0.entry(state).or_default();
                let first = labels.entry(label).or_insert_with(|| Some(value.clone()));
                *first = first.take().filter(|first| *first == value);
            }
        }
        this
    }

    pub(super) fn get(&self, state: &str, label: &str) -> Option<&Number> {
        self.0.get(state)?.get(label)?.as_ref()
    }

    /// The label, with the number before it where it names one: `1024 (WIDE)`.
    pub(in crate::study) fn shown(&self, state: &str, label: &str) -> String {
        self.get(state, label).map_or_else(|| label.to_owned(), |value| format!("{value} ({label})"))
    }
}
