//! The trials as a table.

use std::collections::HashMap;
use std::error::Error;

use super::columns::columns;
use super::time::rfc_3339;
use crate::study::{StoredStudy, TrialRecord};

const FACTS: [&str; 10] =
    ["number", "phase", "reward", "error", "retries", "worker", "started", "seconds", "task", "origin"];

pub(super) fn table(study: &StoredStudy) -> Result<String, Box<dyn Error>> {
    let columns = columns(study);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(FACTS.into_iter().chain(columns.iter().map(|column| column.state)))?;
    for trial in &study.trials {
        let labels = labels(trial);
        let of_state = |state| labels.get(state).map(|labels| labels.join(";")).unwrap_or_default();
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
        trial.error.clone().unwrap_or_default(),
        trial.retries().to_string(),
        trial.worker.clone().unwrap_or_default(),
        trial.started.map(rfc_3339).unwrap_or_default(),
        seconds.unwrap_or_default(),
        trial.task.clone(),
        trial.origin.clone().unwrap_or_default(),
    ]
}

/// By state.
fn labels(trial: &TrialRecord) -> HashMap<&str, Vec<&str>> {
    let mut labels: HashMap<&str, Vec<&str>> = HashMap::new();
    for (state, label) in &trial.decisions {
        labels.entry(state).or_default().push(label);
    }
    labels
}
