//! Studies in an SQLite file.

mod fault;
mod ledger;
mod open;
mod row;
mod schema;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::{Access, Durability, Store, StoreError, Work};
use crate::study::StudyError;
use ledger::Session;
use open::{Opened, Stamp};

/// How long SQLite itself waits for another process's transaction, which takes milliseconds. Who has more patience asks again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Studies in one SQLite file, which several processes of one machine may have open.
///
/// It is in write-ahead mode. An outcome that is reported as kept is on the disk (`synchronous = FULL`): neither `kill -9` nor a power
/// cut undoes it. The file's tables are described in `docs/study.md`.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Mutex<Connection>,
    is_read_only: bool,
    /// What the file was like when it was opened, where it is taken to be written by nobody.
    stamp: Option<Stamp>,
    /// A copy of a file that cannot be opened where it is.
    _copy: Option<tempfile::TempDir>,
}

impl SqliteStore {
    /// Opens a file, or makes it where there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        Ok(Self::of(path, Opened { connection: open::open(path)?, stamp: None, copy: None }, false))
    }

    /// Opens a file that must be there, with something in it.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        open::must_be_there(path)?;
        Self::open(path)
    }

    /// Opens a file that must be there, to read it: no permission to write is needed, neither for the file nor for its folder, and
    /// who writes is not disturbed.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        open::must_be_there(path)?;
        Ok(Self::of(path, open::open_read_only(path)?, true))
    }

    fn of(path: &Path, Opened { connection, stamp, copy }: Opened, is_read_only: bool) -> Self {
        Self { path: path.to_owned(), connection: Mutex::new(connection), is_read_only, stamp, _copy: copy }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fault(&self, error: rusqlite::Error) -> StoreError {
        fault::of(&self.path, error)
    }
}

impl Store for SqliteStore {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let (synchronous, behavior) = match access {
            Access::Read => (None, TransactionBehavior::Deferred),
            _ if self.is_read_only => return Err(StoreError::ReadOnly { path: self.path.clone() }.into()),
            // In write-ahead mode `normal` leaves the log to the next sync, which takes what came before with it.
            Access::Shared(Durability::Now) | Access::Exclusive(Durability::Now) => {
                (Some("PRAGMA synchronous = full"), TransactionBehavior::Immediate)
            }
            Access::Shared(Durability::Soon) | Access::Exclusive(Durability::Soon) => {
                (Some("PRAGMA synchronous = normal"), TransactionBehavior::Immediate)
            }
        };
        if let Some(synchronous) = synchronous {
            connection.execute_batch(synchronous).map_err(|error| self.fault(error))?;
        }
        let transaction = connection.transaction_with_behavior(behavior).map_err(|error| self.fault(error))?;
        work(&mut Session { path: &self.path, transaction: &transaction, damaged: RefCell::default() })?;
        // What was read of a file that somebody began to write may not belong together.
        if self.stamp.is_some() && self.stamp != Stamp::of(&self.path) {
            return Err(StoreError::Busy { path: self.path.clone() }.into());
        }
        Ok(transaction.commit().map_err(|error| self.fault(error))?)
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn rescue(&self) -> Option<PathBuf> {
        Some(self.path.clone())
    }
}
