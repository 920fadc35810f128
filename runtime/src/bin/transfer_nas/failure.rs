//! Why a command could not do what was asked.

use std::io;
use std::path::PathBuf;

use transfer_nas::checkpoint::LoadError;
use transfer_nas::printable::printable;
use transfer_nas::study::{StoreError, StudyError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Study(#[from] StudyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{}`: {source}", printable(path.display()))]
    Checkpoint { path: PathBuf, source: LoadError },
    #[error("`{}` has no studies", printable(path.display()))]
    NoStudies { path: PathBuf },
    #[error("there is nothing to learn from: the sources have no studies, but for `{}` itself", printable(study))]
    NoSources { study: String },
    #[error("`{}` has several studies, say which: {}", printable(path.display()), printable(names.join(", ")))]
    Several { path: PathBuf, names: Vec<String> },
    #[cfg(unix)]
    #[error("`{}` has several studies, say which with `--study`: {}", printable(path.display()), printable(names.join(", ")))]
    SeveralToWorkOn { path: PathBuf, names: Vec<String> },
    #[error("`{}` is the file to read, it would be replaced", printable(path.display()))]
    OntoItself { path: PathBuf },
    #[error("`{}` could not be read: {}", printable(path.display()), printable(source))]
    Read { path: PathBuf, source: io::Error },
    #[error("`{}` could not be written: {}", printable(path.display()), printable(source))]
    Write { path: PathBuf, source: io::Error },
    #[error("`{}` could not be written: {found} stands there; give the path of a regular file, or of a new one", printable(path.display()))]
    NotAFile { path: PathBuf, found: &'static str },
    #[error("the standard output could not be written: {0}")]
    Stdout(io::Error),
}
