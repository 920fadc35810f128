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

    /// That of a trial for one of its attempts, which asks once. The first one begins with nothing: what it finds there is of a trial of
    /// another study of this name, which is gone, and is put aside.
    pub(super) fn of(&self, trial: u64, attempt: u32) -> Result<PathBuf, StudyError> {
        let path = self.root()?.join(trial.to_string());
        if attempt == 1 {
            put_aside(&path)?;
        }
        make(&path)?;
        // What a program is told holds wherever it goes.
        std::path::absolute(&path).map_err(|source| StudyError::Io { path, source })
    }

    /// That of a trial, where there is one.
    pub(super) fn find(&self, trial: u64) -> Option<PathBuf> {
        let root = self.root.as_deref().or_else(|| self.temporary.get().map(TempDir::path))?;
        std::path::absolute(root.join(trial.to_string())).ok().filter(|path| path.is_dir())
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

/// `7.before-1` or the next name that is free. What is empty stays.
fn put_aside(path: &Path) -> Result<(), StudyError> {
    let is_used = fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some());
    if !is_used {
        return Ok(());
    }
    let name = |i: u32| path.with_extension(format!("before-{i}"));
    let free = (1..u32::MAX).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(0));
    tracing::warn!("`{}` is of another study of this name; it is `{}` now", path.display(), free.display());
    fs::rename(path, free).map_err(|source| StudyError::Io { path: path.to_owned(), source })
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
pub(super) fn folder_name(study: &str) -> String {
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

    #[test]
    fn what_another_study_left_is_put_aside_once() {
        let root = tempfile::tempdir().unwrap();
        let folders = Folders::new(Some(root.path().to_owned()), None, "cnn");
        assert_eq!(folders.find(7), None);
        let first = folders.of(7, 1).unwrap();
        fs::write(first.join("checkpoint"), "old").unwrap();
        assert_eq!((folders.of(7, 2).unwrap(), folders.find(7)), (first.clone(), Some(first.clone())));
        assert!(first.join("checkpoint").exists(), "a later attempt finds what an earlier one left");
        for i in 1..=2 {
            assert_eq!(folders.of(7, 1).unwrap(), first);
            assert!(fs::read_dir(&first).unwrap().next().is_none());
            assert!(root.path().join(format!("cnn/7.before-{i}/checkpoint")).exists());
            fs::write(first.join("checkpoint"), "new").unwrap();
        }
    }
}
