//! What is wrong with a store.

use std::error::Error;
use std::path::PathBuf;

use crate::printable::printable;

/// Why a store could not be opened, read or written. Nothing of the transaction in which it happened was written.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file that is something else.
    #[error("`{}` holds no studies: {}; give the path of a file that this crate made, or of a new one", printable(path.display()), printable(reason))]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is.
        reason: String,
    },
    /// A name that SQLite takes for something else than a file.
    #[error("`{}` is not the path of a file: {advice}", printable(name))]
    Name {
        /// The name.
        name: String,
        /// What to do.
        advice: &'static str,
    },
    /// A file of a later version of this crate.
    #[error(
        "`{}` was written by a later version: its schema is {found}, this version knows {known}; update this crate", printable(path.display())
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
    #[error("`{}` is read-only; a study writes down every trial: make it writable, or copy it", printable(path.display()))]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No such file, where one must be.
    #[error("there is no file `{}`", printable(path.display()))]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// No space is left.
    #[error("the disk of `{}` is full; make room and go on: all that was told before is saved", printable(path.display()))]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// Another process keeps the store for itself.
    #[error("`{}` is locked by another process; end what holds it and go on: all that was told before is saved", printable(path.display()))]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A study of this name is there.
    #[error(
        "there is a study `{}` in the store; take another name, or go on with it without `new_only`",
        printable(name)
    )]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A record that cannot be read.
    #[error("the store is damaged: {}", printable(what))]
    Damaged {
        /// What cannot be read.
        what: String,
    },
    /// Any other failure of the database.
    #[error("`{}`: {}", printable(path.display()), printable(reason))]
    Database {
        /// The file.
        path: PathBuf,
        /// What the database says.
        reason: String,
        /// Its error.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A database that cannot be reached, or does not answer.
    #[error("`{}` cannot be reached: {}", printable(store), printable(reason))]
    Unreachable {
        /// The database, without a password.
        store: String,
        /// What the database or the network says.
        reason: String,
    },
    /// Others changed the same at the same time.
    #[error("`{}`: others changed the same at the same time", printable(store))]
    Conflict {
        /// The database, without a password.
        store: String,
    },
    /// An address of a database that is not understood, or cannot be used.
    #[error("`{}`: {}", printable(address), printable(advice))]
    Address {
        /// The address, without a password.
        address: String,
        /// What to do.
        advice: String,
    },
    /// A database without the tables for studies, where they must be.
    #[error(
        "`{}` has no studies: there are no tables for them in its schema `{}`; begin a study there, or name the schema that has some",
        printable(store),
        printable(schema)
    )]
    NotSetUp {
        /// The database, without a password.
        store: String,
        /// The PostgreSQL schema.
        schema: String,
    },
    /// A name that a database cannot keep.
    #[error("`{}` cannot keep NUL characters, and {} has one; take another name", printable(store), printable(what))]
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

impl StoreError {
    /// A study without its space.
    pub(in crate::study) fn missing_space(study: &str) -> Self {
        Self::Damaged { what: format!("the space of the study `{study}` is missing") }
    }
}
