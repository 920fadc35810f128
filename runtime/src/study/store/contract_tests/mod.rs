//! What all stores have in common: one suite for each of them. What one does otherwise is said where it is tested.

mod beside;
mod claims;
mod found;
mod round_trip;
mod transactions;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{
    Access, AttemptEnd, AttemptRecord, Constraint, Counts, Durability, Ledger, Measured, MemoryStore, Millis,
    NoteRecord, Phase, RunningRecord, Snapshot, SpaceRecord, StateRecord, Store, StoreError, StudyRecord, TrialRecord,
    ValueRecord,
};
use crate::space::Kind;
use crate::study::StudyError;
use crate::train::{Direction, Objective};

/// A store, and how it is opened a second time.
struct Subject {
    kind: &'static str,
    store: Arc<dyn Store>,
    again: Box<dyn Fn() -> Arc<dyn Store>>,
}

const SHARED: Access = Access::Shared(Durability::Soon);
const EXCLUSIVE: Access = Access::Exclusive(Durability::Now);

impl Subject {
    fn with<R>(&self, access: Access, work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>) -> R {
        self.store.with(access, work).unwrap_or_else(|error| panic!("{}: {error}", self.kind))
    }

    /// A study with a space of its own.
    fn study(&self, name: &str, direction: Direction) -> StudyRecord {
        self.with(EXCLUSIVE, |ledger| {
            let space = ledger.add_space(&space())?;
            Ok(ledger.add_study(name, space, direction)?)
        })
    }

    fn put(&self, study: i64, trials: &[TrialRecord]) {
        self.with(EXCLUSIVE, |ledger| Ok(ledger.put_trials(study, &trials.iter().collect::<Vec<_>>())?));
    }

    fn numbers(&self, mut read: impl FnMut(&mut dyn Ledger) -> Result<Vec<TrialRecord>, StoreError>) -> Vec<u64> {
        let trials = self.with(Access::Read, |ledger| Ok(read(ledger)?));
        trials.into_iter().map(|trial| trial.number).collect()
    }
}

fn memory() -> Subject {
    let store = Arc::new(MemoryStore::new());
    let same: Arc<dyn Store> = Arc::clone(&store) as _;
    Subject { kind: "memory", store, again: Box::new(move || Arc::clone(&same)) }
}

#[cfg(feature = "sqlite")]
fn sqlite(folder: &tempfile::TempDir) -> Subject {
    let path = folder.path().join("runs.db");
    let open = move || Arc::new(super::SqliteStore::open(&path).unwrap()) as Arc<dyn Store>;
    Subject { kind: "sqlite", store: open(), again: Box::new(open) }
}

#[cfg(feature = "postgres")]
fn postgres(database: &Arc<super::postgres::tests::Database>) -> Subject {
    let database = Arc::clone(database);
    let open = move || Arc::new(database.open()) as Arc<dyn Store>;
    Subject { kind: "postgres", store: open(), again: Box::new(open) }
}

/// Tests each store.
fn each(test: impl Fn(&Subject)) {
    test(&memory());
    #[cfg(feature = "sqlite")]
    test(&sqlite(&tempfile::tempdir().unwrap()));
    #[cfg(feature = "postgres")]
    if let Some(database) = super::postgres::tests::Database::make() {
        test(&postgres(&Arc::new(database)));
    }
}

fn space() -> SpaceRecord {
    let actions = vec!["16".to_owned(), "a \"label\"\n\u{1F980}".to_owned()];
    SpaceRecord {
        type_name: "my_app::Net<'static>".to_owned(),
        fingerprint: "496ff4c12fc1f42a".to_owned(),
        outline: r#"{"name": "Net"}"#.to_owned(),
        states: vec![StateRecord { state: "Net.width".to_owned(), kind: Kind::Integer, actions }],
    }
}

/// A trial that was proposed.
pub(super) fn trial(number: u64, space: i64, phase: Phase) -> TrialRecord {
    TrialRecord {
        phase,
        config: format!(r#"{{"Net.width": {number}}}"#),
        decisions: vec![("Net.width".to_owned(), number.to_string())],
        task: "default".to_owned(),
        log_prob: -0.5,
        asked: Some(number + 1),
        ..TrialRecord::queued(number, space)
    }
}

fn done(number: u64, space: i64, reward: f64) -> TrialRecord {
    TrialRecord { reward: Some(reward), ..trial(number, space, Phase::Done) }
}

fn value(trial: u64, attempt: u32, step: u64, value: f64) -> ValueRecord {
    ValueRecord { row: 0, trial, attempt, step, value }
}

fn attempt(trial: u64, attempt: u32, end: AttemptEnd) -> AttemptRecord {
    AttemptRecord {
        trial,
        attempt,
        worker: "w\u{f6}rker".to_owned(),
        started: Some(Millis(7)),
        ended: None,
        end,
        reward: Some(f64::NEG_INFINITY),
        measured: Measured { values: vec![0.5, -2.0], constraints: Vec::new() },
        step: Some(3),
        error: Some("out of\nmemory".to_owned()),
        severity: Some(-0.0),
    }
}
