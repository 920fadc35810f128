//! Directories of trials: what a trial leaves there is found by its later attempts.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use super::StudyError;

/// The directories of a study's trials. They are made when they are asked for.
pub(super) struct Folders {
    /// That of the study; none where it lasts as long as the process.
    root: Option<PathBuf>,
    temporary: OnceLock<TempDir>,
}

impl Folders {
    /// Below a folder that was named, or beside the store; in a temporary one where there is neither.
    pub(super) fn new(named: Option<PathBuf>, store: Option<PathBuf>, study: &str) -> Self {
        let root = named.or_else(|| store.map(|path| beside(&path)));
        Self { root: root.map(|root| root.join(folder_name(study))), temporary: OnceLock::new() }
    }

    /// That of a trial.
    pub(super) fn of(&self, trial: u64) -> Result<PathBuf, StudyError> {
        let path = self.root()?.join(trial.to_string());
        make(&path)?;
        // What a program is told holds wherever it goes.
        std::path::absolute(&path).map_err(|source| StudyError::Io { path, source })
    }

    fn root(&self) -> Result<&Path, StudyError> {
        if let Some(root) = &self.root {
            return Ok(root);
        }
        if let Some(made) = self.temporary.get() {
            return Ok(made.path());
        }
        let made = tempfile::Builder::new().prefix("transfer-nas-").tempdir();
        let made = made.map_err(|source| StudyError::Io { path: std::env::temp_dir(), source })?;
        Ok(self.temporary.get_or_init(|| made).path())
    }
}

pub(super) fn make(path: &Path) -> Result<(), StudyError> {
    fs::create_dir_all(path).map_err(|source| StudyError::Io { path: path.to_owned(), source })
}

/// `runs.db.trials` beside `runs.db`.
fn beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_os_string();
    name.push(".trials");
    store.with_file_name(name)
}

/// The name of a study as one of a folder: what may mean something there is written as `%` and two hexadecimal digits.
fn folder_name(study: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let mut name = String::with_capacity(study.len());
    for (i, byte) in study.bytes().enumerate() {
        if is_plain(byte) || (byte == b'.' && i > 0) {
            name.push(char::from(byte));
        } else {
            _ = write!(name, "%{byte:02x}");
        }
    }
    if name.is_empty() { "%".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_studies_are_names_of_folders_and_all_different() {
        let all = [
            ("cnn", "cnn"),
            ("a.b-c_9", "a.b-c_9"),
            ("..", "%2e."),
            ("a/../b", "a%2f..%2fb"),
            ("", "%"),
            ("%", "%25"),
            ("\u{e4} \n", "%c3%a4%20%0a"),
        ];
        for (study, folder) in all {
            assert_eq!(folder_name(study), folder);
            assert_eq!(Path::new(folder).components().count(), 1);
        }
    }
}
