//! Configs for those who do not know their type.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::Assignment;
use crate::study::export::nested::Nested;
use crate::study::export::places::Places;
use crate::study::{Objective, SpaceRecord, TrialRecord};

/// A space as a store has it, by which configs are written.
pub(super) struct Configs {
    /// The number of the space.
    pub(super) id: i64,
    space: SpaceRecord,
    places: Places,
    objectives: Vec<Objective>,
}

impl Configs {
    pub(super) fn new(id: i64, space: SpaceRecord, objectives: Vec<Objective>) -> Self {
        let places = Places::of_space(&space, id);
        Self { id, space, places, objectives }
    }

    pub(super) fn assignment(&self, study: &str, record: &TrialRecord) -> Assignment {
        let flat: Map<String, Value> = serde_json::from_str(&record.config).unwrap_or_default();
        let values = self.values(record, &flat);
        let nested = Nested::of(&self.space.states, &self.places).config(record);
        Assignment {
            study: study.to_owned(),
            trial: record.number,
            attempt: record.attempt,
            task: record.task.clone(),
            config: nested.unwrap_or(Value::Object(flat)),
            values,
            objectives: self.objectives.clone(),
        }
    }

    /// The value of each decision by its name, null where the config does not decide it; of several decisions of one name, those of a type
    /// that contains itself, an array.
    fn values(&self, record: &TrialRecord, flat: &Map<String, Value>) -> Map<String, Value> {
        let states = self.space.states.iter().flat_map(|state| self.places.names(&state.state));
        let mut values: Map<String, Value> = states.map(|name| (name.to_owned(), Value::Null)).collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (name, (state, label)) in self.places.of_trial(record).into_iter().zip(&record.decisions) {
            let time = times.entry(state).or_default();
            let value = match flat.get(state) {
                Some(all @ Value::Array(_)) if *name == **state => Some(all.clone()),
                Some(Value::Array(all)) => all.get(*time).cloned(),
                one => one.cloned(),
            };
            *time += 1;
            values.insert(name.into_owned(), value.unwrap_or_else(|| Value::String(label.clone())));
        }
        values
    }
}
