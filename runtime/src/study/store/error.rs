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
    /// Another process kept the store for itself too long.
    #[error("`{path}` was locked by another process for more than {seconds} seconds; end what holds it and go on")]
    Busy {
        /// The file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
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
    /// A store that did not do its work.
    #[error("the store did not run the transaction")]
    NotDone,
}
