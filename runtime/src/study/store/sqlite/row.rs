//! From a row to a record.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::de::DeserializeOwned;

use crate::study::store::{
    AttemptEnd, AttemptRecord, Lease, Millis, NoteRecord, Phase, RunningRecord, SpaceRecord, StudyRecord, TrialRecord,
    ValueRecord, WorkerRecord,
};
use crate::train::Direction;

impl ToSql for Millis {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(i64::try_from(self.0).unwrap_or(i64::MAX)))
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(|millis| Self(u64::try_from(millis).unwrap_or_default()))
    }
}

impl ToSql for Phase {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl FromSql for Phase {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        Self::ALL.into_iter().find(|phase| phase.word() == text).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for AttemptEnd {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl FromSql for AttemptEnd {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        Self::ALL.into_iter().find(|end| end.word() == text).ok_or(FromSqlError::InvalidType)
    }
}

impl ToSql for Direction {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.word()))
    }
}

impl FromSql for Direction {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

/// Text that holds JSON, or nothing.
fn some_json<T: DeserializeOwned + Default>(row: &Row<'_>, column: &str) -> Result<T> {
    Ok(row.get::<_, Option<Json<T>>>(column)?.map(|Json(value)| value).unwrap_or_default())
}

/// Text that holds JSON.
struct Json<T>(T);

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

pub(super) fn study(row: &Row<'_>) -> Result<StudyRecord> {
    let lease = Lease { holder: row.get("holder")?, epoch: row.get("epoch")?, heartbeats: row.get("beat")? };
    Ok(StudyRecord {
        id: row.get("id")?,
        name: row.get("name")?,
        space: row.get("space")?,
        direction: row.get("direction")?,
        objectives: some_json(row, "objectives")?,
        events: row.get("events")?,
        trials: row.get("trials")?,
        done: row.get("done")?,
        failed: row.get("failed")?,
        pruned: row.get("pruned")?,
        lease,
        shared_options: row.get("rules")?,
        ending: row.get("ending")?,
        created: row.get("created")?,
        transfer: row.get("transfer")?,
        insight: row.get("insight")?,
    })
}

pub(super) fn space(row: &Row<'_>) -> Result<SpaceRecord> {
    let Json(states) = row.get("states")?;
    Ok(SpaceRecord {
        type_name: row.get("type_name")?,
        fingerprint: row.get("fingerprint")?,
        outline: row.get("outline")?,
        states,
    })
}

pub(super) fn trial(row: &Row<'_>) -> Result<TrialRecord> {
    let Json(decisions) = row.get("trace")?;
    Ok(TrialRecord {
        number: row.get("number")?,
        space: row.get("space")?,
        phase: row.get("phase")?,
        config: row.get("config")?,
        decisions,
        task: row.get("task")?,
        log_prob: row.get("log_prob")?,
        origin: row.get("origin")?,
        reward: row.get("reward")?,
        measured: some_json(row, "measured")?,
        step: row.get("step")?,
        error: row.get("error")?,
        severity: row.get("severity")?,
        handed: row.get("handed")?,
        attempt: row.get("attempt")?,
        failures: row.get("failures")?,
        worker: row.get("worker")?,
        started: row.get("started")?,
        ended: row.get("ended")?,
        asked: row.get("asked")?,
        learned: row.get("learned")?,
    })
}

pub(super) fn running(row: &Row<'_>) -> Result<RunningRecord> {
    let worker: Option<String> = row.get("worker")?;
    let worker = worker.unwrap_or_default();
    Ok(RunningRecord { number: row.get("number")?, attempt: row.get("attempt")?, worker })
}

pub(super) fn attempt(row: &Row<'_>) -> Result<AttemptRecord> {
    Ok(AttemptRecord {
        trial: row.get("trial")?,
        attempt: row.get("attempt")?,
        worker: row.get("worker")?,
        started: row.get("started")?,
        ended: row.get("ended")?,
        end: row.get("end")?,
        reward: row.get("reward")?,
        measured: some_json(row, "measured")?,
        step: row.get("step")?,
        error: row.get("error")?,
        severity: row.get("severity")?,
    })
}

pub(super) fn worker(row: &Row<'_>) -> Result<WorkerRecord> {
    Ok(WorkerRecord {
        name: row.get("name")?,
        process: row.get("process")?,
        wants: row.get("wants")?,
        heartbeats: row.get("beat")?,
        last_heartbeat: row.get("seen")?,
    })
}

pub(super) fn note(row: &Row<'_>) -> Result<NoteRecord> {
    Ok(NoteRecord {
        trial: row.get("trial")?,
        attempt: row.get("attempt")?,
        key: row.get("key")?,
        value: row.get("value")?,
    })
}

pub(super) fn value(row: &Row<'_>) -> Result<ValueRecord> {
    Ok(ValueRecord {
        row: row.get("row")?,
        trial: row.get("trial")?,
        attempt: row.get("attempt")?,
        step: row.get("step")?,
        value: row.get("value")?,
    })
}
