//! Where studies are: the trait, in memory, in an SQLite file, in a PostgreSQL database.

#[cfg(test)]
mod contract_tests;
mod error;
pub mod location;
mod measured;
mod memory;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod rewards;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use error::StoreError;
pub use measured::{Constraint, Measured};
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(all(test, feature = "postgres"))]
pub(super) use postgres::tests::Database;
pub use record::{
    AttemptEnd, AttemptRecord, Lease, Millis, NoteRecord, Phase, Snapshot, SpaceRecord, StateRecord, StudyRecord,
    TrialRecord, ValueRecord, WorkerRecord,
};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use std::path::PathBuf;
use std::time::Duration;

use super::StudyError;
use crate::train::Direction;

/// Where studies are.
///
/// A store knows nothing of how studies go: who gets which trial, what a searcher is told and when, are decided above it. It must not
/// matter to it whether work is done once or several times.
pub trait Store: Send + Sync {
    /// Does the work as one: all of it is written, or, where it or the store fails, nothing. The work may be done again where the store
    /// could not keep it the first time.
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError>;

    /// Whether other processes can have the same studies open.
    fn is_shared(&self) -> bool;

    /// Waits until something changed in a study, at most so long. True where it was notified of that; where a store cannot know, the time
    /// is over.
    fn wait(&self, _study: i64, patience: Duration) -> bool {
        std::thread::sleep(patience);
        false
    }

    /// Where outcomes are put that cannot be written down: a path that others are made of by something at its end. None where a
    /// study ends with its process.
    fn rescue(&self) -> Option<PathBuf> {
        None
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Only reads, what belongs together; beside others, whatever they write.
    Read,
    /// Changes trials one by one, beside others: what each method of [`Ledger`] does is done as one, and what was read in between
    /// may have changed.
    Shared(Durability),
    /// Changes what belongs together: no other such transaction of the store runs at the same time.
    Exclusive(Durability),
}

/// What is certain once a transaction is done. A worker process that is killed undoes none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// A power cut does not undo it: outcomes, and all that was done before them.
    Now,
    /// A power cut may undo it where that ends the workers, too: proposals, claims, leases. A server that stops while workers go on must
    /// know what they were handed.
    Soon,
    /// A power cut may undo it, unless another transaction was [`Now`](Self::Now) since: heartbeats, reported values.
    Later,
}

/// What is to be done in a transaction.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Ledger) -> Result<(), StudyError>;

/// A store within a transaction.
pub trait Ledger {
    /// The time, for people: nothing is decided by it.
    fn now(&mut self) -> Millis;

    /// All studies in the order in which they were made.
    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError>;

    /// The study of a name.
    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError>;

    /// Makes a study. Its name must be new.
    fn add_study(&mut self, name: &str, space: i64, direction: Direction) -> Result<StudyRecord, StoreError>;

    /// Writes what changed of a study, known by its `id`: its space, shared options, ending, numbers of events and trials, transfer and
    /// insight, and how many of those trials ended how that the searcher was told of. Objectives are written where there are none yet.
    fn put_study(&mut self, study: &StudyRecord, learned: Counts) -> Result<(), StoreError>;

    /// Gives the lease to a worker, or to nobody, where its epoch is still this one.
    fn take_lease(&mut self, study: i64, epoch: u64, holder: Option<&str>) -> Result<bool, StoreError>;

    /// Notes that the holder of this epoch is there.
    fn renew_lease(&mut self, study: i64, epoch: u64) -> Result<(), StoreError>;

    /// The space of a number.
    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError>;

    /// Enters a space; gives its number.
    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError>;

    /// Enters a trial or writes what changed of one, known by its number. What it was proposed as stays: its decisions, task and origin.
    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError>;

    /// Says which config of another space a trial is, by the names there.
    fn rename_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError>;

    /// Enters or writes several.
    fn put_trials(&mut self, study: i64, trials: &[&TrialRecord]) -> Result<(), StoreError> {
        trials.iter().try_for_each(|trial| self.put_trial(study, trial))
    }

    /// Notes of trials, by number, the event in which the searcher was told of their end.
    fn put_learned(&mut self, study: i64, learned: &[(u64, u64)]) -> Result<(), StoreError>;

    /// The trial of a number, which nobody else changes before this transaction is done.
    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError>;

    /// All trials by number.
    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError>;

    /// Trials that were enqueued, those with the config of this one at least, by number.
    fn enqueued(&mut self, study: i64, like: &TrialRecord) -> Result<Vec<TrialRecord>, StoreError>;

    /// Hands up to `want` trials that are queued to a worker, the first ones: each is running then, with one more attempt.
    fn claim(&mut self, study: i64, worker: &str, want: u64) -> Result<Vec<TrialRecord>, StoreError>;

    /// How many trials are queued.
    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError>;

    /// The trials that are running, by number.
    fn running(&mut self, study: i64) -> Result<Vec<RunningRecord>, StoreError>;

    /// The trials that ended and whose end the searcher was not told, by number.
    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError>;

    /// The smallest number of a trial that has not ended.
    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError>;

    /// The trials that were asked or learned in a later event than this, by number.
    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError>;

    /// The trial with the best reward by the study's direction, the earliest of equals, of those of the space that it searches now.
    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError>;

    /// An attempt that is not its trial's own any more.
    fn attempt(&mut self, study: i64, trial: u64, attempt: u32) -> Result<Option<AttemptRecord>, StoreError>;

    /// All of these, by trial and attempt.
    fn attempts(&mut self, study: i64) -> Result<Vec<AttemptRecord>, StoreError>;

    /// Enters one of these, or writes what changed of it.
    fn put_attempt(&mut self, study: i64, attempt: &AttemptRecord) -> Result<(), StoreError>;

    /// Those who take part in a study.
    fn workers(&mut self, study: i64) -> Result<Vec<WorkerRecord>, StoreError>;

    /// Notes that a worker is there: its count of heartbeats grows.
    fn heartbeat(&mut self, study: i64, name: &str, process: Option<&str>, wants: u64) -> Result<(), StoreError>;

    /// Forgets a worker.
    fn remove_worker(&mut self, study: i64, name: &str) -> Result<(), StoreError>;

    /// The latest snapshot of the searcher.
    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError>;

    /// Keeps a snapshot of the searcher in place of the one before.
    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Keeps a value that an attempt reported, numbered by the store; a second one of the same step takes the place of the first.
    fn add_value(&mut self, study: i64, value: &ValueRecord) -> Result<(), StoreError>;

    /// Keeps a note of an attempt in place of an earlier one of the same key.
    fn put_note(&mut self, study: i64, note: &NoteRecord) -> Result<(), StoreError>;

    /// All notes, by trial, attempt and key.
    fn notes(&mut self, study: i64) -> Result<Vec<NoteRecord>, StoreError>;

    /// Wakes those who wait for something to change in a study, once this is done; see [`Store::wait`].
    fn notify(&mut self, _study: i64) -> Result<(), StoreError> {
        Ok(())
    }

    /// What was passed over in this transaction since it cannot be read, a line each.
    fn damaged(&mut self) -> Vec<String> {
        Vec::new()
    }

    /// The values that were reported after a row of the store, by row.
    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError>;
}

/// How many trials ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Came to their end.
    pub done: u64,
    /// Failed for good.
    pub failed: u64,
    /// Pruned.
    pub pruned: u64,
}

impl Counts {
    /// Counts one more.
    pub fn count(&mut self, phase: Phase) {
        match phase {
            Phase::Done => self.done += 1,
            Phase::Failed => self.failed += 1,
            Phase::Pruned => self.pruned += 1,
            Phase::Queued | Phase::Running => {}
        }
    }

    /// Takes one away.
    pub(super) fn uncount(&mut self, phase: Phase) {
        match phase {
            Phase::Done => self.done -= 1,
            Phase::Failed => self.failed -= 1,
            Phase::Pruned => self.pruned -= 1,
            Phase::Queued | Phase::Running => {}
        }
    }
}

/// A trial that is running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningRecord {
    /// Its number.
    pub number: u64,
    /// The attempt.
    pub attempt: u32,
    /// Who has it.
    pub worker: String,
}

impl dyn Ledger + '_ {
    /// The study of a name, which must be there.
    pub(crate) fn known_study(&mut self, name: &str) -> Result<StudyRecord, StudyError> {
        if let Some(study) = self.study(name)? {
            return Ok(study);
        }
        let known = self.studies()?.into_iter().map(|study| study.name).collect();
        Err(StudyError::NoStudy { study: name.to_owned(), known })
    }
}

impl dyn Store + '_ {
    /// Reads what belongs together.
    pub(crate) fn read<R>(&self, work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>) -> Result<R, StudyError> {
        self.with(Access::Read, work)
    }

    /// A transaction that gives something.
    pub(crate) fn with<R>(
        &self,
        access: Access,
        mut work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        let mut result = None;
        self.transact(access, &mut |ledger| {
            result = None;
            result = Some(work(ledger)?);
            Ok(())
        })?;
        result.ok_or(StudyError::Store(StoreError::NotDone))
    }
}
