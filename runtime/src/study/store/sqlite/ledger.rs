//! What is asked of the tables within a transaction.

use std::cell::RefCell;
use std::path::Path;

use rusqlite::{OptionalExtension, Params, Result, Row, Transaction, named_params, params};

use super::{fault, row};
use crate::study::store::measured::written;
use crate::study::store::memory::now;
use crate::study::store::{
    AttemptRecord, Counts, Ledger, Millis, NoteRecord, RunningRecord, Snapshot, SpaceRecord, StoreError, StudyRecord,
    TrialRecord, ValueRecord, WorkerRecord,
};
use crate::train::Direction;

pub(super) struct Session<'a> {
    pub(super) path: &'a Path,
    pub(super) transaction: &'a Transaction<'a>,
    /// What could not be read.
    pub(super) damaged: RefCell<Vec<String>>,
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

    /// Trials, but for those that cannot be read: one damaged row must not make the others useless.
    fn readable(&self, study: i64, sql: &str, params: impl Params) -> Result<Vec<TrialRecord>, StoreError> {
        let read: Read<Result<TrialRecord, String>> = |row| Ok(row::trial(row).map_err(|error| named(row, &error)));
        let (mut readable, mut damaged) = (Vec::new(), Vec::new());
        for read in self.all(sql, params, read)? {
            match read {
                Ok(trial) => readable.push(trial),
                Err(named) => damaged.push(named),
            }
        }
        for named in damaged {
            tracing::warn!(study, "passed over: {named}");
            self.damaged.borrow_mut().push(named);
        }
        Ok(readable)
    }

    /// How many rows were written.
    fn write(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        let write = |sql| self.transaction.prepare_cached(sql)?.execute(params);
        write(sql).map_err(|error| self.fault(error))
    }

    fn add_trial(&self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        self.write(
            "INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, origin, reward, measured, step,
                error, severity, handed, attempt, failures, worker, started, ended, asked, learned)
             VALUES (:study, :number, :space, :phase, :config, :trace, :task, :log_prob, :origin, :reward, :measured, :step,
                :error, :severity, :handed, :attempt, :failures, :worker, :started, :ended, :asked, :learned)",
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
                ":measured": trial.measured.written()?,
                ":step": trial.step,
                ":error": trial.error,
                ":severity": trial.severity,
                ":handed": trial.handed,
                ":attempt": trial.attempt,
                ":failures": trial.failures,
                ":worker": trial.worker,
                ":started": trial.started,
                ":ended": trial.ended,
                ":asked": trial.asked,
                ":learned": trial.learned,
            },
        )
        .map(drop)
    }
}

/// The best trial of a space of a study by each direction.
pub(super) const HIGHEST: &str = "SELECT * FROM trials INDEXED BY best
    WHERE study = ? AND space = ? AND phase = 'done' AND reward IS NOT NULL ORDER BY reward DESC, number LIMIT 1";
pub(super) const LOWEST: &str = "SELECT * FROM trials INDEXED BY lowest
    WHERE study = ? AND space = ? AND phase = 'done' AND reward IS NOT NULL ORDER BY reward, number LIMIT 1";

/// A study with what has ended, told to the searcher or not. The latter are few, and in an index.
macro_rules! studies {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.space, s.direction, s.objectives, s.events, s.trials, s.holder, s.epoch, s.beat,
                s.rules, s.ending, s.created, s.transfer, s.insight,
                s.done + (SELECT COUNT(*) FROM trials t INDEXED BY unlearned WHERE t.study = s.id AND t.learned IS NULL
                    AND t.phase = 'done' AND t.phase IN ('done', 'failed', 'pruned')) AS done,
                s.failed + (SELECT COUNT(*) FROM trials t INDEXED BY unlearned WHERE t.study = s.id AND t.learned IS NULL
                    AND t.phase = 'failed' AND t.phase IN ('done', 'failed', 'pruned')) AS failed,
                s.pruned + (SELECT COUNT(*) FROM trials t INDEXED BY unlearned WHERE t.study = s.id AND t.learned IS NULL
                    AND t.phase = 'pruned' AND t.phase IN ('done', 'failed', 'pruned')) AS pruned
             FROM studies s ",
            $rest
        )
    };
}

/// Which trial it is, and what of it cannot be read.
fn named(row: &Row<'_>, error: &rusqlite::Error) -> String {
    let number = row.get::<_, i64>("number").map_or_else(|_| "a trial".to_owned(), |number| format!("trial {number}"));
    let column = match error {
        rusqlite::Error::FromSqlConversionFailure(column, ..)
        | rusqlite::Error::IntegralValueOutOfRange(column, _)
        | rusqlite::Error::InvalidColumnType(column, ..) => row.as_ref().column_name(*column).ok(),
        _ => None,
    };
    let column = column.map(|column| format!(", column `{column}`")).unwrap_or_default();
    format!("{number}{column}: {error}")
}

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
        self.all(studies!("ORDER BY s.id"), [], row::study)
    }

    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError> {
        self.one(studies!("WHERE s.name = ?"), [name], row::study)
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

    fn put_study(&mut self, study: &StudyRecord, learned: Counts) -> Result<(), StoreError> {
        self.write(
            "UPDATE studies SET space = :space, events = :events, trials = :trials, done = done + :done,
                failed = failed + :failed, pruned = pruned + :pruned, rules = :rules, ending = :ending,
                transfer = :transfer, insight = :insight, objectives = COALESCE(objectives, :objectives)
             WHERE id = :id",
            named_params! {
                ":id": study.id,
                ":space": study.space,
                ":events": study.events,
                ":trials": study.trials,
                ":done": learned.done,
                ":failed": learned.failed,
                ":pruned": learned.pruned,
                ":rules": study.shared_options,
                ":ending": study.ending,
                ":transfer": study.transfer,
                ":insight": study.insight,
                ":objectives": written(&study.objectives, study.objectives.is_empty())?,
            },
        )
        .map(drop)
    }

    fn take_lease(&mut self, study: i64, epoch: u64, holder: Option<&str>) -> Result<bool, StoreError> {
        let sql = "UPDATE studies SET holder = ?, epoch = epoch + 1, beat = 0 WHERE id = ? AND epoch = ?";
        Ok(self.write(sql, params![holder, study, epoch])? > 0)
    }

    fn renew_lease(&mut self, study: i64, epoch: u64) -> Result<(), StoreError> {
        let sql = "UPDATE studies SET beat = beat + 1 WHERE id = ? AND epoch = ?";
        self.write(sql, params![study, epoch]).map(drop)
    }

    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError> {
        self.one("SELECT * FROM spaces WHERE id = ?", [id], row::space)
    }

    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError> {
        let SpaceRecord { type_name, fingerprint, outline, states } = space;
        self.write(
            "INSERT INTO spaces (type_name, fingerprint, outline, states) VALUES (?, ?, ?, ?)",
            params![type_name, fingerprint, outline, json(states)?],
        )
        .map(drop)?;
        Ok(self.transaction.last_insert_rowid())
    }

    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        // Where the trial is known, what proposed it stays.
        let known = self.write(
            "UPDATE trials SET space = :space, phase = :phase, reward = :reward, measured = :measured, step = :step, error = :error,
                severity = :severity, handed = :handed, attempt = :attempt, failures = :failures, worker = :worker,
                started = :started, ended = :ended, asked = :asked, learned = :learned
             WHERE study = :study AND number = :number",
            named_params! {
                ":study": study,
                ":number": trial.number,
                ":space": trial.space,
                ":phase": trial.phase,
                ":reward": trial.reward,
                ":measured": trial.measured.written()?,
                ":step": trial.step,
                ":error": trial.error,
                ":severity": trial.severity,
                ":handed": trial.handed,
                ":attempt": trial.attempt,
                ":failures": trial.failures,
                ":worker": trial.worker,
                ":started": trial.started,
                ":ended": trial.ended,
                ":asked": trial.asked,
                ":learned": trial.learned,
            },
        )?;
        if known == 0 { self.add_trial(study, trial) } else { Ok(()) }
    }

    fn put_learned(&mut self, study: i64, learned: &[(u64, u64)]) -> Result<(), StoreError> {
        let sql = "UPDATE trials SET learned = ? WHERE study = ? AND number = ?";
        learned.iter().try_for_each(|(number, event)| self.write(sql, params![event, study, number]).map(drop))
    }

    fn rename_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        let sql = "UPDATE trials SET space = ?, config = ?, trace = ? WHERE study = ? AND number = ?";
        let TrialRecord { number, space, config, decisions, .. } = trial;
        self.write(sql, params![space, config, json(decisions)?, study, number]).map(drop)
    }

    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError> {
        self.one("SELECT * FROM trials WHERE study = ? AND number = ?", params![study, number], row::trial)
    }

    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(study, "SELECT * FROM trials WHERE study = ? ORDER BY number", [study])
    }

    fn enqueued(&mut self, study: i64, like: &TrialRecord) -> Result<Vec<TrialRecord>, StoreError> {
        let sql =
            "SELECT * FROM trials INDEXED BY enqueued WHERE study = ? AND config = ? AND asked IS NULL ORDER BY number";
        self.readable(study, sql, params![study, like.config])
    }

    fn claim(&mut self, study: i64, worker: &str, want: u64) -> Result<Vec<TrialRecord>, StoreError> {
        let now = self.now();
        let queued = self.readable(
            study,
            "SELECT * FROM trials INDEXED BY queued WHERE study = ? AND phase = 'queued' ORDER BY number LIMIT ?",
            params![study, i64::try_from(want).unwrap_or(i64::MAX)],
        )?;
        let claimed: Vec<TrialRecord> = queued.into_iter().map(|trial| trial.claimed(worker, now)).collect();
        for trial in &claimed {
            let sql =
                "UPDATE trials SET phase = 'running', handed = ?, attempt = ?, worker = ?, started = ?, ended = NULL
                 WHERE study = ? AND number = ?";
            self.write(sql, params![trial.handed, trial.attempt, worker, now, study, trial.number])?;
        }
        Ok(claimed)
    }

    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM trials INDEXED BY queued WHERE study = ? AND phase = 'queued'";
        Ok(self.one(sql, [study], |row| row.get(0))?.unwrap_or(0))
    }

    fn running(&mut self, study: i64) -> Result<Vec<RunningRecord>, StoreError> {
        let sql = "SELECT number, attempt, worker FROM trials INDEXED BY running
             WHERE study = ? AND phase = 'running' ORDER BY number";
        self.all(sql, [study], row::running)
    }

    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        let sql = "SELECT * FROM trials INDEXED BY unlearned
             WHERE study = ? AND learned IS NULL AND phase IN ('done', 'failed', 'pruned') ORDER BY number";
        self.readable(study, sql, [study])
    }

    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT number FROM trials INDEXED BY first_unlearned
             WHERE study = ? AND learned IS NULL AND phase IN ('queued', 'running') ORDER BY number LIMIT 1";
        self.one(sql, [study], |row| row.get(0))
    }

    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(
            study,
            "SELECT * FROM trials WHERE study = ?1 AND number IN (
                SELECT number FROM trials INDEXED BY asked WHERE study = ?1 AND asked > ?2 AND asked IS NOT NULL
                UNION
                SELECT number FROM trials INDEXED BY learned WHERE study = ?1 AND learned > ?2 AND learned IS NOT NULL
             ) ORDER BY number",
            params![study, event],
        )
    }

    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        let read: Read<(Direction, i64)> = |row| Ok((row.get("direction")?, row.get("space")?));
        let known = self.one("SELECT direction, space FROM studies WHERE id = ?", [study], read)?;
        let (direction, space) = known.unwrap_or_default();
        let sql = match direction {
            Direction::Maximize => HIGHEST,
            Direction::Minimize => LOWEST,
        };
        self.one(sql, [study, space], row::trial)
    }

    fn attempt(&mut self, study: i64, trial: u64, attempt: u32) -> Result<Option<AttemptRecord>, StoreError> {
        let sql = "SELECT * FROM attempts WHERE study = ? AND trial = ? AND attempt = ?";
        self.one(sql, params![study, trial, attempt], row::attempt)
    }

    fn attempts(&mut self, study: i64) -> Result<Vec<AttemptRecord>, StoreError> {
        self.all("SELECT * FROM attempts WHERE study = ? ORDER BY trial, attempt", [study], row::attempt)
    }

    fn put_attempt(&mut self, study: i64, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let AttemptRecord { trial, attempt, worker, started, ended, end, reward, measured, step, error, severity } =
            attempt;
        let measured = measured.written()?;
        let sql = "INSERT OR REPLACE INTO attempts
             (study, trial, attempt, worker, started, ended, end, reward, measured, step, error, severity)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let row = params![study, trial, attempt, worker, started, ended, end, reward, measured, step, error, severity];
        self.write(sql, row).map(drop)
    }

    fn workers(&mut self, study: i64) -> Result<Vec<WorkerRecord>, StoreError> {
        self.all("SELECT * FROM workers WHERE study = ? ORDER BY name", [study], row::worker)
    }

    fn heartbeat(&mut self, study: i64, name: &str, process: Option<&str>, wants: u64) -> Result<(), StoreError> {
        let now = self.now();
        let sql = "INSERT INTO workers (study, name, process, wants, beat, seen) VALUES (?, ?, ?, ?, 1, ?)
             ON CONFLICT (study, name) DO UPDATE SET process = excluded.process, wants = excluded.wants,
                beat = beat + 1, seen = excluded.seen";
        self.write(sql, params![study, name, process, wants, now]).map(drop)
    }

    fn remove_worker(&mut self, study: i64, name: &str) -> Result<(), StoreError> {
        self.write("DELETE FROM workers WHERE study = ? AND name = ?", params![study, name]).map(drop)
    }

    fn damaged(&mut self) -> Vec<String> {
        self.damaged.take()
    }

    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError> {
        let read: Read<Snapshot> = |row| Ok(Snapshot { event: row.get("event")?, bytes: row.get("bytes")? });
        self.one("SELECT * FROM snapshots WHERE study = ?", [study], read)
    }

    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO snapshots (study, event, bytes) VALUES (?, ?, ?)";
        self.write(sql, params![study, snapshot.event, snapshot.bytes]).map(drop)
    }

    fn add_value(&mut self, study: i64, value: &ValueRecord) -> Result<(), StoreError> {
        let ValueRecord { trial, attempt, step, value, .. } = value;
        let sql = "INSERT INTO reports (study, trial, attempt, step, value) VALUES (?, ?, ?, ?, ?)";
        self.write(sql, params![study, trial, attempt, step, value]).map(drop)
    }

    fn put_note(&mut self, study: i64, note: &NoteRecord) -> Result<(), StoreError> {
        let NoteRecord { trial, attempt, key, value } = note;
        let sql = "INSERT OR REPLACE INTO notes (study, trial, attempt, key, value) VALUES (?, ?, ?, ?, ?)";
        self.write(sql, params![study, trial, attempt, key, value]).map(drop)
    }

    fn notes(&mut self, study: i64) -> Result<Vec<NoteRecord>, StoreError> {
        self.all("SELECT * FROM notes WHERE study = ? ORDER BY trial, attempt, key", [study], row::note)
    }

    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError> {
        let sql = "SELECT * FROM reports WHERE study = ? AND row > ? ORDER BY row";
        self.all(sql, params![study, after], row::value)
    }
}
