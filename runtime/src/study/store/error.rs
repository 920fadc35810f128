//! What is wrong with a store.

use std::error::Error;
use std::path::PathBuf;

/// Why a store could not be opened, read or written. Nothing of the transaction in which it happened was kept.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file that is something else.
    #[error("`{path}` holds no studies: {reason}; give the path of a file that this crate made, or of a new one")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        reason: String,
    },
    /// A name that SQLite takes for something else than a file.
    #[error("`{name}` is not the path of a file: {advice}")]
    Name {
        /// The name.
        name: String,
        /// What to do.
        advice: &'static str,
    },
    /// A file of a later version of this crate.
    #[error(
        "`{path}` was written by a later version: its schema is {found}, this version knows {known}; update this crate"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The latest schema version known.
        known: i64,
    },
    /// A file that may not be written.
    #[error("`{path}` is read-only; a study writes down every trial: make it writable, or copy it")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No such file, where one must be.
    #[error("there is no file `{path}`")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// No space is left.
    #[error("the disk of `{path}` is full; make room and go on: all that was told before is kept")]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process keeps the store for itself.
    #[error("`{path}` is locked by another process; end what holds it and go on: all that was told before is kept")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A study of this name is there.
    #[error("there is a study `{name}` in the store; take another name, or go on with it without `new_only`")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A record that cannot be read.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What cannot be read.
        what: String,
    },
    /// Any other failure of the database.
    #[error("`{path}`: {reason}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database says.
        reason: String,
        /// Its error.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A database that cannot be reached, or does not answer.
    #[error("`{store}` cannot be reached: {reason}")]
    Unreachable {
        /// The database, without a password.
        store: String,
        /// What the database or the network says.
        reason: String,
    },
    /// Others changed the same at the same time.
    #[error("`{store}`: others changed the same at the same time")]
    Conflict {
        /// The database, without a password.
        store: String,
    },
    /// An address of a database that is not understood, or cannot be used.
    #[error("`{address}`: {advice}")]
    Address {
        /// The address, without a password.
        address: String,
        /// What to do.
        advice: String,
    },
    /// A database without the tables for studies, where they must be.
    #[error(
        "`{store}` has no studies: there are no tables for them in its schema `{schema}`; begin a study there, or name the schema that has some"
    )]
    NotSetUp {
        /// The database, without a password.
        store: String,
        /// The PostgreSQL schema.
        schema: String,
    },
    /// A name that a database cannot keep.
    #[error("`{store}` cannot keep NUL characters, and {what} has one; take another name")]
    Nul {
        /// The database, without a password.
        store: String,
        /// What has one.
        what: String,
    },
    /// A store that did not do its work.
    #[error("the store did not run the transaction")]
    NotDone,
}

impl StoreError {
    /// Whether it may pass, so that the same work is worth a further try.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Full { .. } | Self::Unreachable { .. } | Self::Conflict { .. })
    }
}
