//! Studies in SQLite files.

use std::path::Path;
use std::sync::Arc;

use super::store::SqliteStore;
use super::{ByDefault, Study, StudyBuilder, StudyError};

impl Study<(), ()> {
    /// A study in an SQLite file, which is made where there is none. Several processes may open the same study: they share its
    /// trials, and one of them holds the searcher.
    pub fn open(path: impl AsRef<Path>) -> Result<StudyBuilder<ByDefault>, StudyError> {
        Ok(Self::in_store(Arc::new(SqliteStore::open(path)?)))
    }
}

impl<S> StudyBuilder<S> {
    /// As [`warm_start`](Self::warm_start), with a study in an SQLite file, which may be this one.
    pub fn warm_start_from(self, path: impl AsRef<Path>, study: impl Into<String>) -> Result<Self, StudyError> {
        let store = Arc::new(SqliteStore::open_read_only(path)?);
        Ok(self.warm_start(store, study))
    }
}
