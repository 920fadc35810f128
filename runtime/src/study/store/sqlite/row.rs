//! From a row to a record.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Result, Row};
use serde::de::DeserializeOwned;

use crate::study::store::{Lease, Millis, Phase, SpaceRecord, StudyRecord, TrialRecord, ValueRecord};
use crate::train::Direction;

impl ToSql for Millis {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0.cast_signed()))
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        u64::column_result(value).map(Self)
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

/// Text that holds JSON.
struct Json<T>(T);

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

pub(super) fn study(row: &Row<'_>) -> Result<StudyRecord> {
    let holder: Option<String> = row.get("holder")?;
    let until: Option<Millis> = row.get("lease_until")?;
    Ok(StudyRecord {
        id: row.get("id")?,
        name: row.get("name")?,
        space: row.get("space")?,
        direction: row.get("direction")?,
        events: row.get("events")?,
        trials: row.get("trials")?,
        done: row.get("done")?,
        failed: row.get("failed")?,
        pruned: row.get("pruned")?,
        lease: holder.zip(until).map(|(holder, until)| Lease { holder, until }),
        waiting: row.get("waiting")?,
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
        step: row.get("step")?,
        error: row.get("error")?,
        severity: row.get("severity")?,
        handed: row.get("handed")?,
        failures: row.get("failures")?,
        worker: row.get("worker")?,
        beat: row.get("beat")?,
        started: row.get("started")?,
        ended: row.get("ended")?,
        asked: row.get("asked")?,
        learned: row.get("learned")?,
    })
}

pub(super) fn value(row: &Row<'_>) -> Result<ValueRecord> {
    Ok(ValueRecord { row: row.get("row")?, trial: row.get("trial")?, step: row.get("step")?, value: row.get("value")? })
}
