//! Studies in files and databases.

use std::path::Path;

use super::store::location;
use super::{ByDefault, Study, StudyBuilder, StudyError, TransferSource};

impl Study<(), ()> {
    /// A study in an SQLite file, or, where the path is an address such as `postgres://user@host/database`, in a PostgreSQL database. It is
    /// made where there is none. Several processes may open the same study: they share its trials, and one of them holds the searcher.
    ///
    /// Files need the feature `sqlite`, databases the feature `postgres`.
    pub fn open(path: impl AsRef<Path>) -> Result<StudyBuilder<ByDefault>, StudyError> {
        Ok(Self::in_store(location::open(path)?))
    }
}

impl<S> StudyBuilder<S> {
    /// As [`warm_start`](Self::warm_start), with a study in an SQLite file or a PostgreSQL database, which may be this one.
    pub fn warm_start_from(self, path: impl AsRef<Path>, study: impl Into<String>) -> Result<Self, StudyError> {
        Ok(self.learn_from([TransferSource::named(&path, study)?]))
    }
}
