//! The lines of an Optuna journal: `optuna/storages/journal/_storage.py` says what they mean.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Error, Map, Value};

use super::columns::{columns, curves};
use super::distribution::Distribution;
use super::measures::Measures;
use super::notes::notes;
use super::places::Places;
use super::time::python;
use super::values::Values;
use crate::printable::printable_json;
use crate::study::{Curve, Direction, Objective, Phase, StudyView, TrialRecord};

/// What a line does.
const CREATE_STUDY: u8 = 0;
const SET_STUDY_USER_ATTR: u8 = 2;
const SET_STUDY_SYSTEM_ATTR: u8 = 3;
const CREATE_TRIAL: u8 = 4;

/// A line.
#[derive(Serialize)]
struct Line<T> {
    op_code: u8,
    worker_id: &'static str,
    #[serde(flatten)]
    fields: T,
}

#[derive(Serialize)]
struct Study<'a> {
    study_name: &'a str,
    directions: Vec<u8>,
}

#[derive(Serialize)]
struct Attribute<'a> {
    study_id: u8,
    user_attr: InOrder<&'a str>,
}

#[derive(Serialize)]
struct SystemAttribute<'a> {
    study_id: u8,
    system_attr: InOrder<Vec<&'a str>>,
}

#[derive(Serialize)]
struct Trial<'a> {
    study_id: u8,
    datetime_start: Option<String>,
    state: u8,
    value: Option<Box<RawValue>>,
    values: Option<&'a [f64]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    datetime_complete: Option<String>,
    distributions: InOrder<&'a str>,
    params: InOrder<i64>,
    user_attrs: Attributes<'a>,
    system_attrs: InOrder<Vec<f64>>,
    intermediate_values: InOrder<Box<RawValue>>,
}

#[derive(Serialize)]
struct Attributes<'a> {
    task: &'a str,
    retries: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    worker: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    /// By `note:` and the key, so that no note is taken for one of the others.
    #[serde(flatten)]
    notes: BTreeMap<String, Value>,
}

/// An object whose names stand in this order.
struct InOrder<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for InOrder<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// By state: the distribution, and the same as JSON.
type Distributions<'a> = HashMap<&'a str, (Distribution<'a>, String)>;

pub(super) fn journal(study: &StudyView) -> Result<String, Error> {
    let mut distributions = Distributions::new();
    let constants = Values::of(&study.space.states, &study.trials);
    for column in columns(study) {
        let distribution = Distribution::of(&column, &constants);
        let json = distribution.to_json()?;
        distributions.insert(column.state, (distribution, json));
    }
    let measures = Measures::of(study);
    let mut directions: Vec<u8> = measures.objectives.iter().map(|it| direction(it.direction())).collect();
    if directions.is_empty() {
        directions.push(direction(study.study.direction));
    }
    let mut journal = line(CREATE_STUDY, Study { study_name: &study.study.name, directions })?;
    if !measures.objectives.is_empty() {
        let names = measures.objectives.iter().map(Objective::name).collect();
        let system_attr = InOrder(vec![("study:metric_names".to_owned(), names)]);
        journal += &line(SET_STUDY_SYSTEM_ATTR, SystemAttribute { study_id: 0, system_attr })?;
    }
    for (name, value) in [("space", &study.space.type_name), ("fingerprint", &study.space.fingerprint)] {
        let user_attr = InOrder(vec![(name.to_owned(), value.as_str())]);
        journal += &line(SET_STUDY_USER_ATTR, Attribute { study_id: 0, user_attr })?;
    }
    let (curves, places, mut notes) = (curves(study), Places::of(study), notes(study));
    for record in &study.trials {
        let attributes = attributes(record, notes.remove(&record.number).unwrap_or_default());
        let known = (&distributions, &measures);
        journal += &line(CREATE_TRIAL, trial(record, &places, known, curves.get(&record.number), attributes)?)?;
    }
    Ok(journal)
}

fn line(op_code: u8, fields: impl Serialize) -> Result<String, Error> {
    Ok(printable_json(&serde_json::to_string(&Line { op_code, worker_id: "transfer-nas", fields })?) + "\n")
}

fn trial<'a>(
    record: &'a TrialRecord,
    places: &Places,
    (known, measures): (&'a Distributions<'_>, &Measures<'_>),
    curve: Option<&Curve>,
    user_attrs: Attributes<'a>,
) -> Result<Trial<'a>, Error> {
    let (mut distributions, mut params) = (Vec::new(), Vec::new());
    for (name, state, label) in parameters(record, places) {
        let Some((distribution, json)) = known.get(state) else { continue };
        let Some(number) = distribution.number(label) else { continue };
        distributions.push((name.clone(), json.as_str()));
        params.push((name, number));
    }
    let is_done = record.phase == Phase::Done;
    let values = Some(&record.measured.values[..]).filter(|_| is_done && !measures.objectives.is_empty());
    // What exceeds a limit has a value all the same.
    let reward = record.reward.or(record.measured.values.first().copied().filter(|_| is_done));
    let value = reward.filter(|_| record.phase.is_final() && values.is_none()).map(number).transpose()?;
    let system_attrs = measures.excesses(record).map(|excesses| (CONSTRAINTS.to_owned(), excesses));
    let reported = curve.into_iter().flatten().map(|(step, value)| Ok((step.to_string(), number(*value)?)));
    let ended = record.ended.filter(|_| record.phase.is_final());
    // Optuna wants a start of all but those that wait; what failed without one started when it ended.
    let started = if record.phase == Phase::Queued { None } else { record.started.or(ended) };
    Ok(Trial {
        study_id: 0,
        datetime_start: started.map(python),
        state: state(record.phase),
        value,
        values,
        datetime_complete: ended.map(python),
        distributions: InOrder(distributions),
        params: InOrder(params),
        user_attrs,
        system_attrs: InOrder(system_attrs.into_iter().collect()),
        intermediate_values: InOrder(reported.collect::<Result<_, Error>>()?),
    })
}

/// Name, state and label of each decision.
fn parameters<'a>(
    record: &'a TrialRecord,
    places: &Places,
) -> impl Iterator<Item = (String, &'a str, &'a str)> + use<'a> {
    let mut times: HashMap<Cow<'_, str>, usize> = HashMap::new();
    places.of_trial(record).into_iter().zip(&record.decisions).map(move |(place, (state, label))| {
        let times = times.entry(place.clone()).or_default();
        *times += 1;
        let name = if *times == 1 { place.into_owned() } else { format!("{place}#{times}") };
        (name, state.as_str(), label.as_str())
    })
}

fn attributes(record: &TrialRecord, notes: Map<String, Value>) -> Attributes<'_> {
    Attributes {
        task: &record.task,
        retries: record.retries(),
        worker: record.worker.as_deref(),
        origin: record.origin.as_deref(),
        error: record.error.as_deref(),
        notes: notes.into_iter().map(|(key, value)| (format!("note:{key}"), value)).collect(),
    }
}

/// `StudyDirection`.
fn direction(direction: Direction) -> u8 {
    match direction {
        Direction::Minimize => 1,
        Direction::Maximize => 2,
    }
}

/// Where Optuna keeps by how much limits are exceeded: what is not above 0 keeps them.
const CONSTRAINTS: &str = "constraints";

/// `TrialState`.
fn state(phase: Phase) -> u8 {
    match phase {
        Phase::Running => 0,
        Phase::Done => 1,
        Phase::Pruned => 2,
        Phase::Failed => 3,
        Phase::Queued => 4,
    }
}

/// A number in JSON, which has none for infinity: one beyond all floats is read as that.
fn number(value: f64) -> Result<Box<RawValue>, Error> {
    match value {
        f64::INFINITY => RawValue::from_string("1e999".to_owned()),
        f64::NEG_INFINITY => RawValue::from_string("-1e999".to_owned()),
        value => to_raw_value(&value),
    }
}
