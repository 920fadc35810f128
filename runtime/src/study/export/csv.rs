//! The trials as a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;

use super::cell::{self, Decided};
use super::columns::columns;
use super::time::rfc_3339;
use super::values::Constants;
use crate::space::Kind;
use crate::study::{StoredStudy, TrialRecord};

const FACTS: [&str; 10] =
    ["number", "phase", "reward", "error", "retries", "worker", "started", "seconds", "task", "origin"];

pub(super) fn table(study: &StoredStudy) -> Result<String, Box<dyn Error>> {
    let columns = columns(study);
    let kinds: HashMap<&str, Option<Kind>> = columns.iter().map(|column| (column.state, column.kind)).collect();
    let constants = Constants::of(&study.space.states);
    let mut table = csv::Writer::from_writer(Vec::new());
    let states = columns.iter().map(|column| cell::of_text(column.state));
    table.write_record(FACTS.into_iter().map(Cow::Borrowed).chain(states).map(Cow::into_owned))?;
    for trial in &study.trials {
        let decisions = decisions(trial, &kinds, &constants);
        let of_state = |state| decisions.get(state).map(|decisions| cell::of_decisions(decisions)).unwrap_or_default();
        table.write_record(facts(trial).into_iter().chain(columns.iter().map(|column| of_state(column.state))))?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

fn facts(trial: &TrialRecord) -> [String; FACTS.len()] {
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
    ]
}

/// Nothing, or a text.
fn text(text: Option<&str>) -> String {
    text.map(|text| cell::of_text(text).into_owned()).unwrap_or_default()
}

/// By state.
fn decisions<'a>(
    trial: &'a TrialRecord,
    kinds: &HashMap<&str, Option<Kind>>,
    constants: &Constants<'_>,
) -> HashMap<&'a str, Vec<Decided<'a>>> {
    let mut decisions: HashMap<&str, Vec<Decided<'_>>> = HashMap::new();
    for ((state, label), value) in trial.decisions.iter().zip(constants.values(trial)) {
        let kind = kinds.get(state.as_str()).copied().flatten();
        decisions.entry(state).or_default().push(Decided { kind, label, value });
    }
    decisions
}
