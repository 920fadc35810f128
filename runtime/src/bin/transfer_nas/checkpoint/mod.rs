//! Checkpoint files.

mod diff;
mod show;

use std::path::Path;

use transfer_nas::checkpoint::{Checkpoint as File, LoadError};

use crate::arguments::Checkpoint;
use crate::failure::Failure;

pub(crate) fn run(command: &Checkpoint) -> Result<String, Failure> {
    match command {
        Checkpoint::Show { file } => Ok(show::show(&read(file)?)),
        Checkpoint::Diff { old, new } => Ok(diff::diff(&read(old)?, &read(new)?)),
    }
}

/// The error names the file, whatever is wrong with it.
fn read(path: &Path) -> Result<File, Failure> {
    File::read(path).map_err(|source| match source {
        LoadError::Io { path, source } => Failure::Read { path, source },
        source => Failure::Checkpoint { path: path.to_owned(), source },
    })
}
