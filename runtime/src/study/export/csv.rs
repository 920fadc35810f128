//! The trials as a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;

use serde_json::{Map, Value};

use super::cell::{self, Decided};
use super::columns::columns;
use super::measures::Measures;
use super::notes::notes;
use super::places::Places;
use super::time::rfc_3339;
use super::values::Constants;
use crate::printable::printable_json;
use crate::space::Kind;
use crate::study::{StudyView, TrialRecord};

const FACTS: [&str; 11] =
    ["number", "phase", "reward", "error", "retries", "worker", "started", "seconds", "task", "origin", "notes"];

pub(super) fn table(study: &StudyView) -> Result<String, Box<dyn Error>> {
    let columns = columns(study);
    let kinds: HashMap<&str, Option<Kind>> = columns.iter().map(|column| (column.state, column.kind)).collect();
    let (constants, places) = (Constants::of(&study.space.states), Places::of(study));
    let names: Vec<&str> = columns.iter().flat_map(|column| places.names(column.state)).collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    let measures = Measures::of(study);
    let titles = measures.titles().map(Cow::Owned).chain(names.iter().map(|name| cell::of_text(name)));
    table.write_record(FACTS.into_iter().map(Cow::Borrowed).chain(titles).map(Cow::into_owned))?;
    let notes = notes(study);
    for trial in &study.trials {
        let decisions = decisions(trial, &places, &kinds, &constants);
        let of_column =
            |name: &&str| decisions.get(*name).map(|decisions| cell::of_decisions(decisions)).unwrap_or_default();
        let facts = facts(trial, notes.get(&trial.number)).into_iter().chain(measures.cells(trial));
        table.write_record(facts.chain(names.iter().map(of_column)))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

fn facts(trial: &TrialRecord, notes: Option<&Map<String, Value>>) -> [String; FACTS.len()] {
    let seconds = trial.took().map(|took| took.as_secs_f64().to_string());
    [
        trial.number.to_string(),
        trial.phase.word().to_owned(),
        trial.reward.map(|reward| reward.to_string()).unwrap_or_default(),
        text(trial.error.as_deref()),
        trial.retries().to_string(),
        text(trial.worker.as_deref()),
        trial.started.map(rfc_3339).unwrap_or_default(),
        seconds.unwrap_or_default(),
        text(Some(&trial.task)),
        text(trial.origin.as_deref()),
        notes.map(object).unwrap_or_default(),
    ]
}

/// On one line.
fn object(notes: &Map<String, Value>) -> String {
    printable_json(&Value::Object(notes.clone()).to_string())
}

/// Nothing, or a text.
fn text(text: Option<&str>) -> String {
    text.map(|text| cell::of_text(text).into_owned()).unwrap_or_default()
}

/// By column.
fn decisions<'a>(
    trial: &'a TrialRecord,
    places: &Places,
    kinds: &HashMap<&str, Option<Kind>>,
    constants: &Constants<'_>,
) -> HashMap<Cow<'a, str>, Vec<Decided<'a>>> {
    let mut decisions: HashMap<Cow<'_, str>, Vec<Decided<'_>>> = HashMap::new();
    let values = trial.decisions.iter().zip(constants.values(trial));
    for (name, ((state, label), value)) in places.of_trial(trial).into_iter().zip(values) {
        let kind = kinds.get(state.as_str()).copied().flatten();
        decisions.entry(name).or_default().push(Decided { kind, label, value });
    }
    decisions
}
