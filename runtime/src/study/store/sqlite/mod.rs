//! Studies in an SQLite file.

mod fault;
mod ledger;
mod open;
mod row;
mod schema;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use super::{Durability, Store, StoreError, Work};
use crate::study::StudyError;
use ledger::Session;

/// How long a process waits for another one's transaction, which takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// Studies in one SQLite file, which several processes of one machine may have open.
///
/// It is in write-ahead mode. An outcome that is reported as kept is on the disk (`synchronous = FULL`): neither `kill -9` nor a power
/// cut undoes it. The file's tables are described in `docs/study.md`.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl SqliteStore {
    /// Opens a file, or makes it where there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        Ok(Self { path: path.to_owned(), connection: Mutex::new(open::open(path)?) })
    }

    /// Opens a file that must be there, with something in it.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        match std::fs::metadata(path) {
            Err(_) => Err(StoreError::Missing { path: path.to_owned() }),
            Ok(metadata) if metadata.len() == 0 => {
                Err(StoreError::Foreign { path: path.to_owned(), reason: "it is empty".to_owned() })
            }
            Ok(_) => Self::open(path),
        }
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
    fn transact(&self, durability: Durability, work: Work<'_>) -> Result<(), StudyError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // In write-ahead mode `normal` leaves the log to the next sync, which takes what came before with it.
        let synchronous = match durability {
            Durability::Now => "PRAGMA synchronous = full",
            Durability::Soon => "PRAGMA synchronous = normal",
        };
        connection.execute_batch(synchronous).map_err(|error| self.fault(error))?;
        let transaction =
            connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(|error| self.fault(error))?;
        work(&mut Session { path: &self.path, transaction: &transaction })?;
        Ok(transaction.commit().map_err(|error| self.fault(error))?)
    }

    fn is_shared(&self) -> bool {
        true
    }
}
