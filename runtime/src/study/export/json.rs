//! The study as an object.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Error, Map, Value};

use super::columns::curves;
use super::nested::Nested;
use super::notes::notes;
use super::places::Places;
use super::time::rfc_3339;
use crate::printable::printable_json;
use crate::space::Outline;
use crate::study::{Constraint, Curve, Direction, Objective, Phase, StateRecord, StudyView, TrialRecord};

#[derive(Serialize)]
struct Written<'a> {
    study: &'a str,
    direction: Direction,
    #[serde(skip_serializing_if = "<[Objective]>::is_empty")]
    objectives: &'a [Objective],
    created: String,
    space: Space<'a>,
    trials: Vec<Trial<'a>>,
}

#[derive(Serialize)]
struct Space<'a> {
    #[serde(rename = "type")]
    type_name: &'a str,
    fingerprint: &'a str,
    states: &'a [StateRecord],
    outline: Outline,
}

#[derive(Serialize)]
struct Trial<'a> {
    number: u64,
    phase: Phase,
    reward: Option<f64>,
    step: Option<u64>,
    error: Option<&'a str>,
    severity: Option<f64>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    scores: Map<String, Value>,
    #[serde(skip_serializing_if = "<[Constraint]>::is_empty")]
    constraints: &'a [Constraint],
    #[serde(skip_serializing_if = "Option::is_none")]
    violation: Option<f64>,
    retries: u32,
    worker: Option<&'a str>,
    task: &'a str,
    log_prob: f64,
    origin: Option<&'a str>,
    notes: Map<String, Value>,
    started: Option<String>,
    ended: Option<String>,
    seconds: Option<f64>,
    config: Value,
    nested: Option<Value>,
    trace: &'a [(String, String)],
    places: Vec<Cow<'a, str>>,
    values: Vec<Reported>,
}

#[derive(Serialize)]
struct Reported {
    step: u64,
    value: f64,
}

pub(super) fn object(study: &StudyView) -> Result<String, Error> {
    let StudyView { study: record, space, trials, .. } = study;
    let (curves, places) = (curves(study), Places::of(study));
    let nested = Nested::of(&study.space.states, &places);
    let space = Space {
        type_name: &space.type_name,
        fingerprint: &space.fingerprint,
        states: &space.states,
        outline: serde_json::from_str(&space.outline)?,
    };
    let mut notes = notes(study);
    let trials = trials.iter().map(|record| {
        let notes = notes.remove(&record.number).unwrap_or_default();
        trial(record, &study.study.objectives, (&places, &nested), curves.get(&record.number), notes)
    });
    let written = Written {
        study: &record.name,
        direction: record.direction,
        objectives: &record.objectives,
        created: rfc_3339(record.created),
        space,
        trials: trials.collect::<Result<_, _>>()?,
    };
    Ok(printable_json(&serde_json::to_string_pretty(&written)?) + "\n")
}

fn trial<'a>(
    record: &'a TrialRecord,
    objectives: &[Objective],
    (places, nested): (&Places, &Nested<'_>),
    curve: Option<&Curve>,
    notes: Map<String, Value>,
) -> Result<Trial<'a>, Error> {
    let reported = |(&step, &value): (&u64, &f64)| Reported { step, value };
    Ok(Trial {
        number: record.number,
        phase: record.phase,
        reward: record.reward,
        step: record.step,
        error: record.error.as_deref(),
        severity: record.severity,
        scores: scores(record, objectives),
        constraints: &record.measured.constraints,
        violation: record.measured.excess().map(|excess| excess.max(0.0)),
        retries: record.retries(),
        worker: record.worker.as_deref(),
        task: &record.task,
        log_prob: record.log_prob,
        origin: record.origin.as_deref(),
        notes,
        started: record.started.map(rfc_3339),
        ended: record.ended.map(rfc_3339),
        seconds: record.took().map(|took| took.as_secs_f64()),
        config: serde_json::from_str(&record.config)?,
        nested: nested.config(record),
        trace: &record.decisions,
        places: places.of_trial(record),
        values: curve.into_iter().flatten().map(reported).collect(),
    })
}

/// By name; of one objective that is `reward`.
fn scores(record: &TrialRecord, objectives: &[Objective]) -> Map<String, Value> {
    let names = objectives.iter().map(Objective::name).chain(objectives.is_empty().then_some("reward"));
    names.zip(&record.measured.values).map(|(name, value)| (name.to_owned(), Value::from(*value))).collect()
}
