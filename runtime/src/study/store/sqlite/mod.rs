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

use rusqlite::{Connection, TransactionBehavior};

use super::{Access, Durability, Store, StoreError, Work};
use crate::study::StudyError;
use ledger::Session;
use open::{AtRest, Opened};

/// Studies in one SQLite file, which several processes of one machine may have open.
///
/// It is in write-ahead mode. An outcome that is confirmed is on the disk (`synchronous = FULL`): neither `kill -9` nor a power
/// cut undoes it. The file's tables are described in `docs/study.md`.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    connection: Mutex<Connection>,
    /// How the connection was last told to sync.
    syncs: Mutex<Syncs>,
    is_read_only: bool,
    /// Where the file is read as one that nobody writes, or a copy of it: what tells that this is so still.
    at_rest: Mutex<Option<AtRest>>,
}

/// Which transactions of a connection are synced to the disk.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Syncs {
    Unknown,
    All,
    Later,
}

/// How often a file is opened anew that somebody writes while it is read.
const ROUNDS: usize = 3;

impl SqliteStore {
    /// Opens a file, or makes it where there is none.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        Ok(Self::of(path, Opened { connection: open::open(path)?, at_rest: None }, false))
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

    fn of(path: &Path, Opened { connection, at_rest }: Opened, is_read_only: bool) -> Self {
        let (connection, at_rest) = (Mutex::new(connection), Mutex::new(at_rest));
        Self { path: path.to_owned(), connection, syncs: Mutex::new(Syncs::Unknown), is_read_only, at_rest }
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn fault(&self, error: rusqlite::Error) -> StoreError {
        fault::of(&self.path, error)
    }

    /// Sets whether the transactions to come are synced to the disk, where that is not so already.
    fn sync(&self, connection: &Connection, is_due: bool) -> Result<(), StoreError> {
        let wanted = if is_due { Syncs::All } else { Syncs::Later };
        let mut syncs = self.syncs.lock().unwrap_or_else(PoisonError::into_inner);
        if *syncs != wanted {
            *syncs = Syncs::Unknown;
            // In write-ahead mode `normal` leaves the log to the next sync, which takes what came before with it.
            let mode = if is_due { "PRAGMA synchronous = full" } else { "PRAGMA synchronous = normal" };
            connection.execute_batch(mode).map_err(|error| self.fault(error))?;
            *syncs = wanted;
        }
        Ok(())
    }

    fn once(&self, connection: &mut Connection, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        let behavior = match access {
            Access::Read => TransactionBehavior::Deferred,
            Access::Shared(durability) | Access::Exclusive(durability) => {
                self.sync(connection, durability == Durability::Now)?;
                TransactionBehavior::Immediate
            }
        };
        let transaction = connection.transaction_with_behavior(behavior).map_err(|error| self.fault(error))?;
        work(&mut Session { path: &self.path, transaction: &transaction, damaged: RefCell::default() })?;
        Ok(transaction.commit().map_err(|error| self.fault(error))?)
    }
}

impl Store for SqliteStore {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if access != Access::Read && self.is_read_only {
            return Err(StoreError::ReadOnly { path: self.path.clone() }.into());
        }
        for _ in 0..ROUNDS {
            self.once(&mut connection, access, work)?;
            let mut at_rest = self.at_rest.lock().unwrap_or_else(PoisonError::into_inner);
            if at_rest.as_ref().is_none_or(|at_rest| at_rest.is_still(&self.path)) {
                return Ok(());
            }
            // Somebody began to write: what was read may not belong together.
            let opened = open::open_read_only(&self.path)?;
            (*connection, *at_rest) = (opened.connection, opened.at_rest);
        }
        Err(StoreError::Busy { path: self.path.clone() }.into())
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn rescue(&self) -> Option<PathBuf> {
        Some(self.path.clone())
    }
}
