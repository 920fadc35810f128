//! Why a command could not do what was asked.

use std::io;
use std::path::PathBuf;

use transfer_nas::checkpoint::LoadError;
use transfer_nas::study::{StoreError, StudyError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Study(#[from] StudyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{}`: {source}", path.display())]
    Checkpoint { path: PathBuf, source: LoadError },
    #[error("`{}` has no studies", path.display())]
    NoStudies { path: PathBuf },
    #[error("`{}` has several studies, say which: {}", path.display(), names.join(", "))]
    Several { path: PathBuf, names: Vec<String> },
    #[error("`{}` is the file to read, it would be replaced", path.display())]
    OntoItself { path: PathBuf },
    #[error("`{}` could not be read: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("`{}` could not be written: {source}", path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("`{}` could not be written: {found} stands there; give the path of a regular file, or of a new one", path.display())]
    NotAFile { path: PathBuf, found: &'static str },
    #[error("the standard output could not be written: {0}")]
    Stdout(io::Error),
}
