//! What objectives noted of their trials.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::study::StudyView;

/// By trial: the notes of the attempt that counts, by key. What is no JSON, in a damaged store, is a string.
pub(super) fn notes(study: &StudyView) -> BTreeMap<u64, Map<String, Value>> {
    let read = |(key, value): (String, String)| (key, serde_json::from_str(&value).unwrap_or(Value::String(value)));
    let object = |(trial, notes): (u64, Vec<(String, String)>)| (trial, notes.into_iter().map(read).collect());
    study.notes_by_trial().into_iter().map(object).collect()
}
