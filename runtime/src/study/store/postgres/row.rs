//! From a row to a record.

use std::fmt;

use serde::de::DeserializeOwned;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use crate::study::store::{
    AttemptEnd, AttemptRecord, Lease, Millis, NoteRecord, Phase, RunningRecord, Snapshot, SpaceRecord, StudyRecord,
    TrialRecord, ValueRecord, WorkerRecord,
};
use crate::train::Direction;

/// What of a row cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    column: &'static str,
    reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "column `{}`: {}", self.column, self.reason)
    }
}

type Result<T> = std::result::Result<T, Unreadable>;

fn get<'a, T: FromSql<'a>>(row: &'a Row, column: &'static str) -> Result<T> {
    row.try_get(column).map_err(|error| Unreadable { column, reason: error.to_string() })
}

/// A whole number that is not negative.
pub(super) fn number<T: TryFrom<i64>>(row: &Row, column: &'static str) -> Result<T> {
    some_number(row, column)?.ok_or_else(|| Unreadable { column, reason: "it is missing".to_owned() })
}

pub(super) fn some_number<T: TryFrom<i64>>(row: &Row, column: &'static str) -> Result<Option<T>> {
    let Some(number) = get::<Option<i64>>(row, column)? else { return Ok(None) };
    let number = T::try_from(number).map_err(|_| Unreadable { column, reason: format!("{number} is out of range") });
    number.map(Some)
}

fn some_millis(row: &Row, column: &'static str) -> Result<Option<Millis>> {
    Ok(some_number(row, column)?.map(Millis))
}

/// A word that stands for something.
fn word<T>(row: &Row, column: &'static str, find: impl Fn(&str) -> Option<T>) -> Result<T> {
    let word: &str = get(row, column)?;
    find(word).ok_or_else(|| Unreadable { column, reason: format!("`{word}` is none of the words for it") })
}

/// Text that holds JSON.
fn json<T: DeserializeOwned>(row: &Row, column: &'static str) -> Result<T> {
    serde_json::from_str(get(row, column)?).map_err(|error| Unreadable { column, reason: error.to_string() })
}

/// Text that holds JSON, or nothing.
fn some_json<T: DeserializeOwned + Default>(row: &Row, column: &'static str) -> Result<T> {
    let Some(text) = get::<Option<&str>>(row, column)? else { return Ok(T::default()) };
    serde_json::from_str(text).map_err(|error| Unreadable { column, reason: error.to_string() })
}

pub(super) fn direction(row: &Row) -> Result<Direction> {
    word(row, "direction", Direction::parse)
}

pub(super) fn study(row: &Row) -> Result<StudyRecord> {
    let lease = Lease { holder: get(row, "holder")?, epoch: number(row, "epoch")?, heartbeats: number(row, "beat")? };
    Ok(StudyRecord {
        id: get(row, "id")?,
        name: get(row, "name")?,
        space: get(row, "space")?,
        direction: direction(row)?,
        objectives: some_json(row, "objectives")?,
        events: number(row, "events")?,
        trials: number(row, "trials")?,
        done: number(row, "done")?,
        failed: number(row, "failed")?,
        pruned: number(row, "pruned")?,
        lease,
        shared_options: get(row, "rules")?,
        ending: get(row, "ending")?,
        created: Millis(number(row, "created")?),
        transfer: get(row, "transfer")?,
        insight: get(row, "insight")?,
    })
}

pub(super) fn space(row: &Row) -> Result<SpaceRecord> {
    Ok(SpaceRecord {
        type_name: get(row, "type_name")?,
        fingerprint: get(row, "fingerprint")?,
        outline: get(row, "outline")?,
        states: json(row, "states")?,
    })
}

pub(super) fn trial(row: &Row) -> Result<TrialRecord> {
    Ok(TrialRecord {
        number: number(row, "number")?,
        space: get(row, "space")?,
        phase: word(row, "phase", |word| Phase::ALL.into_iter().find(|phase| phase.word() == word))?,
        config: get(row, "config")?,
        decisions: json(row, "trace")?,
        task: get(row, "task")?,
        log_prob: get(row, "log_prob")?,
        origin: get(row, "origin")?,
        reward: get(row, "reward")?,
        measured: some_json(row, "measured")?,
        step: some_number(row, "step")?,
        error: get(row, "error")?,
        severity: get(row, "severity")?,
        handed: number(row, "handed")?,
        attempt: number(row, "attempt")?,
        failures: number(row, "failures")?,
        worker: get(row, "worker")?,
        started: some_millis(row, "started")?,
        ended: some_millis(row, "ended")?,
        asked: some_number(row, "asked")?,
        learned: some_number(row, "learned")?,
    })
}

pub(super) fn running(row: &Row) -> Result<RunningRecord> {
    let worker: Option<String> = get(row, "worker")?;
    let worker = worker.unwrap_or_default();
    Ok(RunningRecord { number: number(row, "number")?, attempt: number(row, "attempt")?, worker })
}

pub(super) fn attempt(row: &Row) -> Result<AttemptRecord> {
    Ok(AttemptRecord {
        trial: number(row, "trial")?,
        attempt: number(row, "attempt")?,
        worker: get(row, "worker")?,
        started: some_millis(row, "started")?,
        ended: some_millis(row, "ended")?,
        end: word(row, "ending", |word| AttemptEnd::ALL.into_iter().find(|end| end.word() == word))?,
        reward: get(row, "reward")?,
        measured: some_json(row, "measured")?,
        step: some_number(row, "step")?,
        error: get(row, "error")?,
        severity: get(row, "severity")?,
    })
}

pub(super) fn worker(row: &Row) -> Result<WorkerRecord> {
    Ok(WorkerRecord {
        name: get(row, "name")?,
        process: get(row, "process")?,
        wants: number(row, "wants")?,
        heartbeats: number(row, "beat")?,
        last_heartbeat: Millis(number(row, "seen")?),
    })
}

pub(super) fn note(row: &Row) -> Result<NoteRecord> {
    Ok(NoteRecord {
        trial: number(row, "trial")?,
        attempt: number(row, "attempt")?,
        key: get(row, "key")?,
        value: get(row, "value")?,
    })
}

pub(super) fn value(row: &Row) -> Result<ValueRecord> {
    Ok(ValueRecord {
        row: get(row, "row")?,
        trial: number(row, "trial")?,
        attempt: number(row, "attempt")?,
        step: number(row, "step")?,
        value: get(row, "value")?,
    })
}

pub(super) fn snapshot(row: &Row) -> Result<Snapshot> {
    Ok(Snapshot { event: number(row, "event")?, bytes: get(row, "bytes")? })
}
