//! Opening a file: is it ours, is it of this version, may it be written?

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{PATIENCE, fault, schema};
use crate::study::StoreError;

/// Marks a file as ours, in its header: `TNAS`.
const APPLICATION: i64 = 0x544e_4153;

pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    connect(path).map_err(|error| fault::of(path, error)).and_then(|mut connection| {
        prepare(path, &mut connection)?;
        Ok(connection)
    })
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A file of another program is looked at, never changed.
fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let database = |error| fault::of(path, error);
    check(path, connection)?;
    for (name, value) in [("journal_mode", "wal"), ("foreign_keys", "on")] {
        connection.pragma_update(None, name, value).map_err(database)?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(database)?;
    let version = check(path, &transaction)?;
    for migration in schema::MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(migration).map_err(database)?;
    }
    if version < schema::MIGRATIONS.len() {
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(database)?;
        transaction.pragma_update(None, "user_version", schema::VERSION).map_err(database)?;
    }
    transaction.commit().map_err(database)
}

/// The schema version of a file of ours; 0 of one without anything in it.
fn check(path: &Path, connection: &Connection) -> Result<usize, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let database = |error| fault::of(path, error);
    let tables = number("SELECT COUNT(*) FROM sqlite_schema").map_err(database)?;
    let application = number("PRAGMA application_id").map_err(database)?;
    if application != APPLICATION && (tables > 0 || application != 0) {
        let reason = "it is an SQLite file of another program".to_owned();
        return Err(StoreError::Foreign { path: path.to_owned(), reason });
    }
    let (found, known) = (number("PRAGMA user_version").map_err(database)?, schema::VERSION);
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    Ok(usize::try_from(found).unwrap_or(0))
}
