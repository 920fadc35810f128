//! From the database's errors to ours.

use std::path::Path;

use rusqlite::ErrorCode;

use crate::study::StoreError;

pub(super) fn of(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly { path },
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path, reason: "it is not an SQLite file".to_owned() },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::DatabaseCorrupt) => StoreError::Damaged { what: format!("`{}`: {error}", path.display()) },
        _ => StoreError::Database { path, reason: error.to_string(), source: Box::new(error) },
    }
}
