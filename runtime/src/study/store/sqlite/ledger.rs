//! What is asked of the tables within a transaction.

use std::path::Path;

use rusqlite::{OptionalExtension, Params, Result, Row, Transaction, named_params, params};

use super::{fault, row};
use crate::study::store::memory::now;
use crate::study::store::{Ledger, Millis, Snapshot, SpaceRecord, StoreError, StudyRecord, TrialRecord, ValueRecord};
use crate::train::Direction;

pub(super) struct Session<'a> {
    pub(super) path: &'a Path,
    pub(super) transaction: &'a Transaction<'a>,
}

type Read<T> = fn(&Row<'_>) -> Result<T>;

impl Session<'_> {
    fn fault(&self, error: rusqlite::Error) -> StoreError {
        fault::of(self.path, error)
    }

    fn one<T>(&self, sql: &str, params: impl Params, read: Read<T>) -> Result<Option<T>, StoreError> {
        let one = |sql| self.transaction.prepare_cached(sql)?.query_row(params, read).optional();
        one(sql).map_err(|error| self.fault(error))
    }

    fn all<T>(&self, sql: &str, params: impl Params, read: Read<T>) -> Result<Vec<T>, StoreError> {
        let all = |sql| self.transaction.prepare_cached(sql)?.query_map(params, read)?.collect::<Result<Vec<T>>>();
        all(sql).map_err(|error| self.fault(error))
    }

    fn write(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        let write = |sql| self.transaction.prepare_cached(sql)?.execute(params).map(drop);
        write(sql).map_err(|error| self.fault(error))
    }
}

/// The best trial of a study by each direction.
pub(super) const HIGHEST: &str = "SELECT * FROM trials INDEXED BY best
    WHERE study = ? AND phase = 'done' AND reward IS NOT NULL ORDER BY reward DESC, number LIMIT 1";
pub(super) const LOWEST: &str = "SELECT * FROM trials INDEXED BY lowest
    WHERE study = ? AND phase = 'done' AND reward IS NOT NULL ORDER BY reward, number LIMIT 1";

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged { what: error.to_string() })
}

// Each query for one trial names its index: left to itself, the planner walks through all trials of the study.
impl Ledger for Session<'_> {
    fn now(&mut self) -> Millis {
        // All who share a file share a machine, and so its clock.
        now()
    }

    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError> {
        self.all("SELECT * FROM studies ORDER BY id", [], row::study)
    }

    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError> {
        self.one("SELECT * FROM studies WHERE name = ?", [name], row::study)
    }

    fn add_study(&mut self, name: &str, space: i64, direction: Direction) -> Result<StudyRecord, StoreError> {
        if self.study(name)?.is_some() {
            return Err(StoreError::NameTaken { name: name.to_owned() });
        }
        let created = self.now();
        let sql = "INSERT INTO studies (name, space, direction, created) VALUES (?, ?, ?, ?)";
        self.write(sql, params![name, space, direction, created])?;
        let study = StudyRecord::new(self.transaction.last_insert_rowid(), name, space, created);
        Ok(StudyRecord { direction, ..study })
    }

    fn put_study(&mut self, study: &StudyRecord) -> Result<(), StoreError> {
        self.write(
            "UPDATE studies SET space = :space, events = :events, trials = :trials, done = :done, failed = :failed,
                pruned = :pruned, holder = :holder, lease_until = :lease_until, waiting = :waiting,
                transfer = :transfer, insight = :insight
             WHERE id = :id",
            named_params! {
                ":id": study.id,
                ":space": study.space,
                ":events": study.events,
                ":trials": study.trials,
                ":done": study.done,
                ":failed": study.failed,
                ":pruned": study.pruned,
                ":holder": study.lease.as_ref().map(|lease| &lease.holder),
                ":lease_until": study.lease.as_ref().map(|lease| lease.until),
                ":waiting": study.waiting,
                ":transfer": study.transfer,
                ":insight": study.insight,
            },
        )
    }

    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError> {
        self.one("SELECT * FROM spaces WHERE id = ?", [id], row::space)
    }

    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError> {
        let SpaceRecord { type_name, fingerprint, outline, states } = space;
        self.write(
            "INSERT INTO spaces (type_name, fingerprint, outline, states) VALUES (?, ?, ?, ?)",
            params![type_name, fingerprint, outline, json(states)?],
        )?;
        Ok(self.transaction.last_insert_rowid())
    }

    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        // Where the trial is known, what made it stays.
        self.write(
            "INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, origin, reward, step,
                error, severity, handed, failures, worker, beat, started, ended, asked, learned)
             VALUES (:study, :number, :space, :phase, :config, :trace, :task, :log_prob, :origin, :reward, :step,
                :error, :severity, :handed, :failures, :worker, :beat, :started, :ended, :asked, :learned)
             ON CONFLICT (study, number) DO UPDATE SET space = excluded.space, phase = excluded.phase,
                reward = excluded.reward, step = excluded.step, error = excluded.error,
                severity = excluded.severity, handed = excluded.handed, failures = excluded.failures,
                worker = excluded.worker, beat = excluded.beat, started = excluded.started,
                ended = excluded.ended, asked = excluded.asked, learned = excluded.learned",
            named_params! {
                ":study": study,
                ":number": trial.number,
                ":space": trial.space,
                ":phase": trial.phase,
                ":config": trial.config,
                ":trace": json(&trial.decisions)?,
                ":task": trial.task,
                ":log_prob": trial.log_prob,
                ":origin": trial.origin,
                ":reward": trial.reward,
                ":step": trial.step,
                ":error": trial.error,
                ":severity": trial.severity,
                ":handed": trial.handed,
                ":failures": trial.failures,
                ":worker": trial.worker,
                ":beat": trial.beat,
                ":started": trial.started,
                ":ended": trial.ended,
                ":asked": trial.asked,
                ":learned": trial.learned,
            },
        )
    }

    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError> {
        self.one("SELECT * FROM trials WHERE study = ? AND number = ?", params![study, number], row::trial)
    }

    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        self.all("SELECT * FROM trials WHERE study = ? ORDER BY number", [study], row::trial)
    }

    fn queued(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        self.one(
            "SELECT * FROM trials INDEXED BY queued WHERE study = ? AND phase = 'queued' ORDER BY number LIMIT 1",
            [study],
            row::trial,
        )
    }

    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM trials INDEXED BY queued WHERE study = ? AND phase = 'queued'";
        Ok(self.one(sql, [study], |row| row.get(0))?.unwrap_or(0))
    }

    fn abandoned(&mut self, study: i64, before: Millis) -> Result<Option<TrialRecord>, StoreError> {
        self.one(
            "SELECT * FROM trials INDEXED BY running WHERE study = ? AND phase = 'running' AND beat < ?
             ORDER BY number LIMIT 1",
            params![study, before],
            row::trial,
        )
    }

    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        self.all(
            "SELECT * FROM trials INDEXED BY unlearned
             WHERE study = ? AND learned IS NULL AND phase IN ('done', 'failed', 'pruned')
             ORDER BY ended, number",
            [study],
            row::trial,
        )
    }

    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT number FROM trials INDEXED BY first_unlearned
             WHERE study = ? AND learned IS NULL AND phase IN ('queued', 'running') ORDER BY number LIMIT 1";
        self.one(sql, [study], |row| row.get(0))
    }

    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError> {
        self.all(
            "SELECT * FROM trials WHERE study = ?1 AND number IN (
                SELECT number FROM trials INDEXED BY asked WHERE study = ?1 AND asked > ?2 AND asked IS NOT NULL
                UNION
                SELECT number FROM trials INDEXED BY learned WHERE study = ?1 AND learned > ?2 AND learned IS NOT NULL
             ) ORDER BY number",
            params![study, event],
            row::trial,
        )
    }

    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        let direction = self.one("SELECT direction FROM studies WHERE id = ?", [study], |row| row.get(0))?;
        let sql = match direction.unwrap_or_default() {
            Direction::Maximize => HIGHEST,
            Direction::Minimize => LOWEST,
        };
        self.one(sql, [study], row::trial)
    }

    fn beat(&mut self, study: i64, numbers: &[u64]) -> Result<(), StoreError> {
        let now = self.now();
        numbers.iter().try_for_each(|number| {
            let sql = "UPDATE trials SET beat = ? WHERE study = ? AND number = ? AND phase = 'running'";
            self.write(sql, params![now, study, number])
        })
    }

    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError> {
        let read: Read<Snapshot> = |row| Ok(Snapshot { event: row.get("event")?, bytes: row.get("bytes")? });
        self.one("SELECT * FROM snapshots WHERE study = ?", [study], read)
    }

    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO snapshots (study, event, bytes) VALUES (?, ?, ?)";
        self.write(sql, params![study, snapshot.event, snapshot.bytes])
    }

    fn add_value(&mut self, study: i64, trial: u64, step: u64, value: f64) -> Result<(), StoreError> {
        let sql = "INSERT INTO reports (study, trial, step, value) VALUES (?, ?, ?, ?)";
        self.write(sql, params![study, trial, step, value])
    }

    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError> {
        let sql = "SELECT * FROM reports WHERE study = ? AND row > ? ORDER BY row";
        self.all(sql, params![study, after], row::value)
    }
}
