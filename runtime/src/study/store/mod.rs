//! Where studies are kept: the trait, in memory, in an SQLite file.

mod error;
mod memory;
mod record;
mod rewards;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use error::StoreError;
pub use memory::MemoryStore;
pub use record::{Lease, Millis, Phase, Snapshot, SpaceRecord, StateRecord, StudyRecord, TrialRecord, ValueRecord};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use super::StudyError;
use crate::train::Direction;

/// Where studies are kept.
///
/// A store knows nothing of how studies go: who gets which trial, what a searcher is told and when, are decided above it,
/// within a transaction. A database that several machines share needs no more than this.
pub trait Store: Send + Sync {
    /// Does the work as one: all of it is kept, or, where it or the store fails, nothing. No two transactions run at once,
    /// whatever process or thread they are of.
    fn transact(&self, durability: Durability, work: Work<'_>) -> Result<(), StudyError>;

    /// Whether other processes can have the same studies open.
    fn is_shared(&self) -> bool;
}

/// What is certain once a transaction is done. A process that is killed undoes neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Durability {
    /// A power cut does not undo it: outcomes, and all that was done before them.
    Now,
    /// A power cut may undo it, unless another transaction was [`Now`](Self::Now) since: proposals, heartbeats.
    Soon,
}

/// What is to be done in a transaction.
pub type Work<'a> = &'a mut dyn FnMut(&mut dyn Ledger) -> Result<(), StudyError>;

/// A store within a transaction.
pub trait Ledger {
    /// The store's clock, the same for all who share it.
    fn now(&mut self) -> Millis;

    /// All studies in the order in which they were made.
    fn studies(&mut self) -> Result<Vec<StudyRecord>, StoreError>;

    /// The study of a name.
    fn study(&mut self, name: &str) -> Result<Option<StudyRecord>, StoreError>;

    /// Makes a study. Its name must be new.
    fn add_study(&mut self, name: &str, space: i64, direction: Direction) -> Result<StudyRecord, StoreError>;

    /// Writes what changed of a study, known by its `id`. Its name, its direction and when it was made stay.
    fn put_study(&mut self, study: &StudyRecord) -> Result<(), StoreError>;

    /// The space of a number.
    fn space(&mut self, id: i64) -> Result<Option<SpaceRecord>, StoreError>;

    /// Enters a space; gives its number.
    fn add_space(&mut self, space: &SpaceRecord) -> Result<i64, StoreError>;

    /// Enters a trial or writes what changed of one, known by its number.
    fn put_trial(&mut self, study: i64, trial: &TrialRecord) -> Result<(), StoreError>;

    /// The trial of a number.
    fn trial(&mut self, study: i64, number: u64) -> Result<Option<TrialRecord>, StoreError>;

    /// All trials by number.
    fn trials(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError>;

    /// The first trial that is queued.
    fn queued(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError>;

    /// How many trials are queued.
    fn count_queued(&mut self, study: i64) -> Result<u64, StoreError>;

    /// The first trial that is running though its worker's last heartbeat is older than this.
    fn abandoned(&mut self, study: i64, before: Millis) -> Result<Option<TrialRecord>, StoreError>;

    /// The trials that ended and whose end the searcher was not told, in the order in which they ended.
    fn ended(&mut self, study: i64) -> Result<Vec<TrialRecord>, StoreError>;

    /// The smallest number of a trial that has not ended.
    fn first_open(&mut self, study: i64) -> Result<Option<u64>, StoreError>;

    /// The trials that were asked or learned in a later event than this, by number.
    fn since(&mut self, study: i64, event: u64) -> Result<Vec<TrialRecord>, StoreError>;

    /// The trial with the best reward by the study's direction, the earliest of equals.
    fn best(&mut self, study: i64) -> Result<Option<TrialRecord>, StoreError>;

    /// Notes a heartbeat of trials, where they are running.
    fn beat(&mut self, study: i64, numbers: &[u64]) -> Result<(), StoreError>;

    /// The latest snapshot of the searcher.
    fn snapshot(&mut self, study: i64) -> Result<Option<Snapshot>, StoreError>;

    /// Keeps a snapshot of the searcher in place of the one before.
    fn put_snapshot(&mut self, study: i64, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Keeps a value that a trial reported; a second one of the same step takes the place of the first.
    fn add_value(&mut self, study: i64, trial: u64, step: u64, value: f64) -> Result<(), StoreError>;

    /// The values that were reported after a row of the store, by row.
    fn values(&mut self, study: i64, after: i64) -> Result<Vec<ValueRecord>, StoreError>;
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
    /// A transaction that gives something.
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut dyn Ledger) -> Result<R, StudyError>) -> Result<R, StudyError> {
        self.with_durability(Durability::Soon, work)
    }

    /// A transaction that gives something, and that a power cut does not undo.
    pub(crate) fn lastingly<R>(
        &self,
        work: impl FnOnce(&mut dyn Ledger) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        self.with_durability(Durability::Now, work)
    }

    pub(crate) fn with_durability<R>(
        &self,
        durability: Durability,
        work: impl FnOnce(&mut dyn Ledger) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        let (mut work, mut result) = (Some(work), None);
        self.transact(durability, &mut |ledger| {
            if let Some(work) = work.take() {
                result = Some(work(ledger)?);
            }
            Ok(())
        })?;
        result.ok_or(StudyError::Store(StoreError::NotDone))
    }
}
