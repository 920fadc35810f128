//! What is asked of the tables within a transaction.

use tokio_postgres::Row;

use super::fit::{self, Fit, at_most};
use super::namespace::Namespace;
use super::row::{self, Unreadable};
use super::transaction::Transaction;
use super::trials;
use super::values::{Values, values};
use crate::study::store::measured::written;
use crate::study::store::{
    Access, AttemptRecord, Counts, Ledger, Millis, NoteRecord, RunningRecord, Snapshot, SpaceRecord, StoreError,
    StudyRecord, TrialRecord, ValueRecord, WorkerRecord,
};
use crate::train::Direction;

pub(super) struct Session<'a> {
    transaction: Transaction<'a>,
    namespace: &'a Namespace,
    /// What could not be read.
    damaged: Vec<String>,
}

type Read<T> = fn(&Row) -> Result<T, Unreadable>;

/// What cannot be read of something that is the only one.
fn damaged(error: &Unreadable) -> StoreError {
    StoreError::Damaged { what: error.to_string() }
}

/// Which trial it is, and what of it cannot be read.
fn named(row: &Row, error: &Unreadable) -> String {
    let number = row.try_get::<_, i64>("number");
    number.map_or_else(|_| format!("a trial, {error}"), |number| format!("trial {number}, {error}"))
}

impl<'a> Session<'a> {
    pub(super) fn new(transaction: Transaction<'a>, namespace: &'a Namespace) -> Self {
        Self { transaction, namespace, damaged: Vec::new() }
    }

    /// The transaction, to be ended.
    pub(super) fn end(self) -> Transaction<'a> {
        self.transaction
    }

    fn fit(&self) -> Fit<'a> {
        Fit { store: self.transaction.name() }
    }

    fn one<T>(&self, sql: &'static str, values: Values, read: Read<T>) -> Result<Option<T>, StoreError> {
        let rows = self.transaction.query(sql, values)?;
        rows.first().map(read).transpose().map_err(|error| damaged(&error))
    }

    fn all<T>(&self, sql: &'static str, values: Values, read: Read<T>) -> Result<Vec<T>, StoreError> {
        let rows = self.transaction.query(sql, values)?;
        rows.iter().map(read).collect::<Result<Vec<T>, Unreadable>>().map_err(|error| damaged(&error))
    }

    /// How many rows were written.
    fn write(&self, sql: &'static str, values: Values) -> Result<u64, StoreError> {
        self.transaction.execute(sql, values)
    }

    /// Trials, but for those that cannot be read: one damaged row must not make the others useless.
    fn readable(&mut self, study: i64, sql: &'static str, values: Values) -> Result<Vec<TrialRecord>, StoreError> {
        let (readable, _) = self.told_apart(study, sql, values)?;
        Ok(readable)
    }

    /// Trials that can be read, and the numbers of those that cannot, each with what is wrong.
    fn told_apart(&mut self, study: i64, sql: &'static str, values: Values) -> Result<Apart, StoreError> {
        let (mut readable, mut others) = (Vec::new(), Vec::new());
        for row in self.transaction.query(sql, values)? {
            match row::trial(&row) {
                Ok(trial) => readable.push(trial),
                Err(error) => {
                    let named = named(&row, &error);
                    tracing::warn!(study, "passed over: {named}");
                    others.push((row.try_get("number").unwrap_or(-1), named.clone()));
                    self.damaged.push(named);
                }
            }
        }
        Ok((readable, others))
    }
}

type Apart = (Vec<TrialRecord>, Vec<(i64, String)>);

/// The best trial of a space of a study by each direction, but for some.
pub(super) const HIGHEST: &str = "SELECT * FROM trials
    WHERE study = $1 AND space = $2 AND phase = 'done' AND reward IS NOT NULL AND number <> ALL ($3)
        AND reward = (SELECT max(reward) FROM trials WHERE study = $1 AND space = $2 AND phase = 'done'
            AND reward IS NOT NULL AND number <> ALL ($3))
    ORDER BY number LIMIT 1";
pub(super) const LOWEST: &str = "SELECT * FROM trials
    WHERE study = $1 AND space = $2 AND phase = 'done' AND reward IS NOT NULL AND number <> ALL ($3)
        AND reward = (SELECT min(reward) FROM trials WHERE study = $1 AND space = $2 AND phase = 'done'
            AND reward IS NOT NULL AND number <> ALL ($3))
    ORDER BY number LIMIT 1";

/// A study with what has ended, told to the searcher or not. The latter are few, and in an index.
macro_rules! studies {
    ($rest:literal) => {
        concat!(
            "SELECT s.id, s.name, s.space, s.direction, s.objectives, s.events, s.trials, s.holder, s.epoch, s.beat, s.rules,
                s.ending, s.created, s.transfer, s.insight, s.done + u.done AS done, s.failed + u.failed AS failed, s.pruned + u.pruned AS pruned
             FROM studies s CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE phase = 'done') AS done, count(*) FILTER (WHERE phase = 'failed') AS failed,
                    count(*) FILTER (WHERE phase = 'pruned') AS pruned
                FROM trials t WHERE t.study = s.id AND t.learned IS NULL AND t.phase IN ('done', 'failed', 'pruned')
             ) u ",
            $rest
        )
    };
}

pub(super) const STUDY: &str = studies!("WHERE s.name = $1");

/// Each of some queued trials, the first ones, is running from now on. No other transaction takes the same at the same time, nor waits.
pub(super) const CLAIM: &str = "
    WITH next AS MATERIALIZED (
        SELECT study, number FROM trials WHERE study = $1 AND phase = 'queued' ORDER BY number LIMIT $2
        FOR UPDATE SKIP LOCKED
    )
    UPDATE trials t SET phase = 'running', handed = least(t.handed + 1, 4294967295),
        attempt = least(t.handed + 1, 4294967295), worker = $3, started = $4, ended = NULL
    FROM next WHERE t.study = next.study AND t.number = next.number RETURNING t.*";

pub(super) const ENDED: &str = "SELECT * FROM trials
    WHERE study = $1 AND learned IS NULL AND phase IN ('done', 'failed', 'pruned') ORDER BY number";

pub(super) const FIRST_OPEN: &str = "SELECT least(
        (SELECT min(number) FROM trials WHERE study = $1 AND phase = 'queued'),
        (SELECT min(number) FROM trials WHERE study = $1 AND phase = 'running')) AS number";

pub(super) const SINCE: &str = "SELECT * FROM trials
    WHERE (study = $1 AND asked > $2) OR (study = $1 AND learned > $2) ORDER BY number";

pub(super) const ENQUEUED: &str =
    "SELECT * FROM trials WHERE study = $1 AND config = $2 AND asked IS NULL ORDER BY number";

pub(super) const RUNNING: &str =
    "SELECT number, attempt, worker FROM trials WHERE study = $1 AND phase = 'running' ORDER BY number";

/// Values of a study get their numbers one transaction after the other: who has read one has missed none before it.
const ADD_VALUE: &str = "
    WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock($6))
    INSERT INTO reports (study, trial, attempt, step, value) SELECT $1, $2, $3, $4, $5 FROM turn
    ON CONFLICT (study, trial, attempt, step) DO UPDATE SET row = excluded.row, value = excluded.value";

impl Ledger for Session<'_> {
    /// The server's, so that it is the same for all machines.
    fn now(&mut self) -> Millis {
        self.transaction.now()
    }

    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError> {
        self.all(studies!("ORDER BY s.id"), values![], row::study)
    }

    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError> {
        self.one(STUDY, values![self.fit().text("the name of a study", name)?], row::study)
    }

    fn add_study(&mut self, name: &str, space: i64, direction: Direction) -> Result<StudyRecord, StoreError> {
        let created = self.now();
        let sql = "INSERT INTO studies (name, space, direction, created) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name) DO NOTHING RETURNING id";
        let fitted = self.fit().text("the name of a study", name)?;
        let made = self.one(sql, values![fitted, space, direction.word(), at_most(created.0)], |row| {
            row::number::<i64>(row, "id")
        })?;
        let id = made.ok_or_else(|| StoreError::NameTaken { name: name.to_owned() })?;
        Ok(StudyRecord { direction, ..StudyRecord::new(id, name, space, created) })
    }

    fn put_study(&mut self, study: &StudyRecord, learned: Counts) -> Result<(), StoreError> {
        let sql = "UPDATE studies SET space = $2, events = $3, trials = $4, done = done + $5, failed = failed + $6,
                pruned = pruned + $7, rules = $8, transfer = $9, insight = $10, ending = $11,
                objectives = COALESCE(objectives, $12) WHERE id = $1";
        let fit = self.fit();
        let values = values![
            study.id,
            study.space,
            fit.number("the number of events", study.events)?,
            fit.number("the number of trials", study.trials)?,
            at_most(learned.done),
            at_most(learned.failed),
            at_most(learned.pruned),
            fit.some_text("a study's shared options", study.shared_options.as_deref())?,
            fit.some_text("a transfer report", study.transfer.as_deref())?,
            fit.some_text("an insight", study.insight.as_deref())?,
            fit.some_text("an ending", study.ending.as_deref())?,
            written(&study.objectives, study.objectives.is_empty())?,
        ];
        self.write(sql, values).map(drop)
    }

    fn take_lease(&mut self, study: i64, epoch: u64, holder: Option<&str>) -> Result<bool, StoreError> {
        let sql = "UPDATE studies SET holder = $3, epoch = epoch + 1, beat = 0 WHERE id = $1 AND epoch = $2";
        let holder = self.fit().some_text("the name of a worker", holder)?;
        Ok(self.write(sql, values![study, at_most(epoch), holder])? > 0)
    }

    fn renew_lease(&mut self, study: i64, epoch: u64) -> Result<(), StoreError> {
        let sql = "UPDATE studies SET beat = beat + 1 WHERE id = $1 AND epoch = $2";
        self.write(sql, values![study, at_most(epoch)]).map(drop)
    }

    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError> {
        self.one("SELECT * FROM spaces WHERE id = $1", values![id], row::space)
    }

    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError> {
        let sql = "INSERT INTO spaces (type_name, fingerprint, outline, states) VALUES ($1, $2, $3, $4) RETURNING id";
        let fit = self.fit();
        let values = values![
            fit.text("the name of a type", &space.type_name)?,
            fit.text("a fingerprint", &space.fingerprint)?,
            fit.text("an outline", &space.outline)?,
            fit::json(&space.states)?,
        ];
        self.one(sql, values, |row| row::number::<i64>(row, "id"))?.ok_or(StoreError::NotDone)
    }

    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        self.put_trials(study, &[trial])
    }

    fn rename_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError> {
        let sql = "UPDATE trials SET space = $3, config = $4, trace = $5 WHERE study = $1 AND number = $2";
        let config = self.fit().text("a config", &trial.config)?;
        let trace = fit::json(&trial.decisions)?;
        self.write(sql, values![study, at_most(trial.number), trial.space, config, trace]).map(drop)
    }

    fn put_learned(&mut self, study: i64, learned: &[(u64, u64)]) -> Result<(), StoreError> {
        if learned.is_empty() {
            return Ok(());
        }
        let sql = "UPDATE trials SET learned = told.event FROM unnest($2, $3) AS told (number, event)
                   WHERE study = $1 AND trials.number = told.number";
        let numbers: Vec<i64> = learned.iter().map(|(number, _)| at_most(*number)).collect();
        let events = learned.iter().map(|(_, event)| self.fit().number("an event", *event));
        let events = events.collect::<Result<Vec<i64>, _>>()?;
        self.write(sql, values![study, numbers, events]).map(drop)
    }

    fn put_trials(&mut self, study: i64, trials: &[&TrialRecord]) -> Result<(), StoreError> {
        for batch in trials::latest(trials).chunks(trials::BATCH) {
            self.write(trials::PUT, trials::columns(self.fit(), study, batch)?)?;
        }
        Ok(())
    }

    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError> {
        let sql = match self.transaction.access {
            Access::Read => "SELECT * FROM trials WHERE study = $1 AND number = $2",
            Access::Shared(_) | Access::Exclusive(_) => {
                "SELECT * FROM trials WHERE study = $1 AND number = $2 FOR UPDATE"
            }
        };
        let rows = self.transaction.query(sql, values![study, at_most(number)])?;
        let read = |row| row::trial(row).map_err(|error| StoreError::Damaged { what: named(row, &error) });
        rows.first().map(read).transpose()
    }

    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(study, "SELECT * FROM trials WHERE study = $1 ORDER BY number", values![study])
    }

    fn enqueued(&mut self, study: i64, like: &TrialRecord) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(study, ENQUEUED, values![study, self.fit().text("a config", &like.config)?])
    }

    /// What cannot be read has failed: otherwise it would stand before all others for ever.
    fn claim(&mut self, study: i64, worker: &str, want: u64) -> Result<Vec<TrialRecord>, StoreError> {
        let now = at_most(self.now().0);
        let worker = self.fit().text("the name of a worker", worker)?;
        let (mut claimed, damaged) = self.told_apart(study, CLAIM, values![study, at_most(want), worker, now])?;
        for (number, what) in damaged {
            let sql = "UPDATE trials SET phase = 'failed', error = $3, ended = $4 WHERE study = $1 AND number = $2";
            self.write(sql, values![study, number, format!("it cannot be read: {what}"), now])?;
        }
        claimed.sort_by_key(|trial| trial.number);
        Ok(claimed)
    }

    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) AS count FROM trials WHERE study = $1 AND phase = 'queued'";
        Ok(self.one(sql, values![study], |row| row::number(row, "count"))?.unwrap_or(0))
    }

    fn running(&mut self, study: i64) -> Result<Vec<RunningRecord>, StoreError> {
        self.all(RUNNING, values![study], row::running)
    }

    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(study, ENDED, values![study])
    }

    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError> {
        Ok(self.one(FIRST_OPEN, values![study], |row| row::some_number(row, "number"))?.flatten())
    }

    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError> {
        self.readable(study, SINCE, values![study, at_most(event)])
    }

    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError> {
        let read: Read<(Direction, i64)> = |row| Ok((row::direction(row)?, row::number(row, "space")?));
        let sql = "SELECT direction, space FROM studies WHERE id = $1";
        let Some((direction, space)) = self.one(sql, values![study], read)? else { return Ok(None) };
        let sql = match direction {
            Direction::Maximize => HIGHEST,
            Direction::Minimize => LOWEST,
        };
        let mut passed_over: Vec<i64> = Vec::new();
        loop {
            let (readable, damaged) = self.told_apart(study, sql, values![study, space, passed_over.clone()])?;
            if damaged.is_empty() {
                return Ok(readable.into_iter().next());
            }
            passed_over.extend(damaged.into_iter().map(|(number, _)| number));
        }
    }

    fn attempt(&mut self, study: i64, trial: u64, attempt: u32) -> Result<Option<AttemptRecord>, StoreError> {
        let sql = "SELECT * FROM attempts WHERE study = $1 AND trial = $2 AND attempt = $3";
        self.one(sql, values![study, at_most(trial), i64::from(attempt)], row::attempt)
    }

    fn attempts(&mut self, study: i64) -> Result<Vec<AttemptRecord>, StoreError> {
        self.all("SELECT * FROM attempts WHERE study = $1 ORDER BY trial, attempt", values![study], row::attempt)
    }

    fn put_attempt(&mut self, study: i64, attempt: &AttemptRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO attempts
                (study, trial, attempt, worker, started, ended, ending, reward, step, error, severity, measured)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (study, trial, attempt) DO UPDATE SET worker = excluded.worker, started = excluded.started,
                ended = excluded.ended, ending = excluded.ending, reward = excluded.reward, step = excluded.step,
                error = excluded.error, severity = excluded.severity, measured = excluded.measured";
        let fit = self.fit();
        let values = values![
            study,
            fit.number("the number of a trial", attempt.trial)?,
            i64::from(attempt.attempt),
            fit.text("the name of a worker", &attempt.worker)?,
            fit::millis(attempt.started),
            fit::millis(attempt.ended),
            attempt.end.word(),
            fit::real(attempt.reward),
            fit.some_number("a step", attempt.step)?,
            fit::visible(attempt.error.as_deref()),
            fit::real(attempt.severity),
            attempt.measured.written()?,
        ];
        self.write(sql, values).map(drop)
    }

    fn workers(&mut self, study: i64) -> Result<Vec<WorkerRecord>, StoreError> {
        self.all("SELECT * FROM workers WHERE study = $1 ORDER BY name", values![study], row::worker)
    }

    fn heartbeat(&mut self, study: i64, name: &str, process: Option<&str>, wants: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO workers (study, name, process, wants, beat, seen) VALUES ($1, $2, $3, $4, 1, $5)
             ON CONFLICT (study, name) DO UPDATE SET process = excluded.process, wants = excluded.wants,
                beat = workers.beat + 1, seen = excluded.seen";
        let (fit, now) = (self.fit(), at_most(self.now().0));
        let (name, process) = (fit.text("the name of a worker", name)?, fit.some_text("a process", process)?);
        self.write(sql, values![study, name, process, at_most(wants), now]).map(drop)
    }

    fn remove_worker(&mut self, study: i64, name: &str) -> Result<(), StoreError> {
        let name = self.fit().text("the name of a worker", name)?;
        self.write("DELETE FROM workers WHERE study = $1 AND name = $2", values![study, name]).map(drop)
    }

    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError> {
        self.one("SELECT * FROM snapshots WHERE study = $1", values![study], row::snapshot)
    }

    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError> {
        let sql = "INSERT INTO snapshots (study, event, bytes) VALUES ($1, $2, $3)
             ON CONFLICT (study) DO UPDATE SET event = excluded.event, bytes = excluded.bytes";
        let event = self.fit().number("an event", snapshot.event)?;
        self.write(sql, values![study, event, snapshot.bytes.clone()]).map(drop)
    }

    fn add_value(&mut self, study: i64, value: &ValueRecord) -> Result<(), StoreError> {
        let ValueRecord { trial, attempt, step, value, .. } = *value;
        let fit = self.fit();
        let (trial, step) = (fit.number("the number of a trial", trial)?, fit.number("a step", step)?);
        let turn = self.namespace.reports(study);
        self.write(ADD_VALUE, values![study, trial, i64::from(attempt), step, value, turn]).map(drop)
    }

    fn put_note(&mut self, study: i64, note: &NoteRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO notes (study, trial, attempt, key, value) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (study, trial, attempt, key) DO UPDATE SET value = excluded.value";
        let NoteRecord { trial, attempt, key, value } = note;
        let fit = self.fit();
        let trial = fit.number("the number of a trial", *trial)?;
        let (key, value) = (fit.text("the key of a note", key)?, fit.text("the value of a note", value)?);
        self.write(sql, values![study, trial, i64::from(*attempt), key, value]).map(drop)
    }

    fn notes(&mut self, study: i64) -> Result<Vec<NoteRecord>, StoreError> {
        self.all("SELECT * FROM notes WHERE study = $1 ORDER BY trial, attempt, key", values![study], row::note)
    }

    fn notify(&mut self, study: i64) -> Result<(), StoreError> {
        let (channel, study) = (self.namespace.channel.clone(), study.to_string());
        self.transaction.query("SELECT pg_notify($1, $2)", values![channel, study]).map(drop)
    }

    fn damaged(&mut self) -> Vec<String> {
        std::mem::take(&mut self.damaged)
    }

    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError> {
        let sql = "SELECT * FROM reports WHERE study = $1 AND row > $2 ORDER BY row";
        self.all(sql, values![study, after], row::value)
    }
}
