//! Opening a database: are the tables there, are they of this version, may they be made?

use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::SimpleQueryMessage;

use super::connection::Connection;
use super::namespace::Namespace;
use super::values::values;
use super::{fault, schema};
use crate::study::StoreError;

/// What is done about tables that are not there, or are of an earlier version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// They are made.
    Make,
    /// They must be there.
    Existing,
    /// They must be there, and nothing is written.
    ReadOnly,
}

/// The first version that has all that is asked for.
const OLDEST: i64 = 120_000;
/// Making tables of a large study anew may take long.
const MIGRATION: Duration = Duration::from_hours(1);

/// Sees to it that the tables are there. Several processes may do so at the same time.
pub(super) fn prepare(connection: &Connection, namespace: &Namespace, opening: Opening) -> Result<(), StoreError> {
    let found = find_version(connection, namespace)?;
    let is_complete = found == Some(schema::VERSION);
    match (found, opening) {
        _ if is_complete => Ok(()),
        (None, Opening::Existing | Opening::ReadOnly) => {
            Err(StoreError::NotSetUp { store: connection.name.clone(), schema: namespace.name.clone() })
        }
        (Some(_), Opening::ReadOnly) => Err(fault::permanent(
            &connection.name,
            "its tables are of an earlier version; open it once to be written, which brings them up to date".to_owned(),
        )),
        (_, Opening::Make | Opening::Existing) => bring_up_to_date(connection, namespace),
    }
}

/// The version of the tables; none where they are not there. A database that is no good is an error.
fn find_version(connection: &Connection, namespace: &Namespace) -> Result<Option<i64>, StoreError> {
    // Not `to_regclass`, whose caches do not know what others made while a lock was waited for.
    let sql = "SELECT current_setting('server_encoding') AS encoding, current_setting('server_version_num') AS server,
            EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1 AND c.relname = 'transfer_nas_version') AS is_there";
    let rows = connection.query(sql, values![namespace.name.clone()])?;
    let row = rows.first().ok_or(StoreError::NotDone)?;
    let unreadable = |error: tokio_postgres::Error| fault::of(&connection.name, &error);
    let encoding: &str = row.try_get("encoding").map_err(unreadable)?;
    let server: &str = row.try_get("server").map_err(unreadable)?;
    check(&connection.name, encoding, server)?;
    if !row.try_get("is_there").map_err(unreadable)? {
        return Ok(None);
    }
    let said = connection.batch(format!("SELECT version FROM {}.transfer_nas_version", namespace.quoted))?;
    let found = number(&said).ok_or_else(|| StoreError::Damaged {
        what: format!("the table `transfer_nas_version` in the schema `{}` has no row", namespace.name),
    })?;
    if found > schema::VERSION {
        return Err(StoreError::Newer { path: PathBuf::from(&connection.name), found, known: schema::VERSION });
    }
    Ok(Some(found))
}

fn check(name: &str, encoding: &str, server: &str) -> Result<(), StoreError> {
    if encoding != "UTF8" {
        let reason = format!(
            "its encoding is {encoding}, which has no place for most texts; make a database with `createdb --encoding UTF8 --template template0`"
        );
        return Err(fault::permanent(name, reason));
    }
    if server.parse().is_ok_and(|server: i64| server < OLDEST) {
        let reason = "its server is older than PostgreSQL 12; take a later one".to_owned();
        return Err(fault::permanent(name, reason));
    }
    Ok(())
}

/// Makes what is missing, while others who open the database wait.
fn bring_up_to_date(connection: &Connection, namespace: &Namespace) -> Result<(), StoreError> {
    let made = bring_in_transaction(connection, namespace);
    if made.is_err() && connection.is_usable() && connection.batch("ROLLBACK".to_owned()).is_err() {
        connection.give_up();
    }
    made
}

fn bring_in_transaction(connection: &Connection, namespace: &Namespace) -> Result<(), StoreError> {
    let Namespace { quoted, exclusive, .. } = namespace;
    connection.batch_within(
        MIGRATION,
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0;
             SELECT pg_advisory_xact_lock({exclusive})"
        ),
    )?;
    let found = find_version(connection, namespace)?;
    if found.is_none() {
        make_schema(connection, namespace)?;
    }
    let search = format!("SET LOCAL search_path = {quoted}, pg_temp;");
    for migration in schema::MIGRATIONS.iter().skip(usize::try_from(found.unwrap_or(0)).unwrap_or(0)) {
        connection.batch_within(MIGRATION, format!("{search} {migration}"))?;
    }
    let version = schema::VERSION;
    connection.batch(format!("{search} UPDATE transfer_nas_version SET version = {version}; COMMIT"))?;
    tracing::info!(store = connection.name, version, "the tables are made");
    Ok(())
}

/// Makes the schema where it is not there. Tables of another program are left alone.
fn make_schema(connection: &Connection, namespace: &Namespace) -> Result<(), StoreError> {
    let sql = "SELECT count(c.relname) AS tables, count(*) AS schemas
         FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = ANY ($2)
         WHERE n.nspname = $1";
    let rows = connection.query(sql, values![namespace.name.clone(), schema::NAMES.to_vec()])?;
    let count = |column| rows.first().and_then(|row| row.try_get::<_, i64>(column).ok()).unwrap_or(0);
    if count("tables") > 0 {
        let schema = &namespace.name;
        let reason =
            format!("its schema `{schema}` has tables of another program; name another one by the parameter `schema`");
        return Err(fault::permanent(&connection.name, reason));
    }
    if count("schemas") == 0 {
        connection.batch(format!("CREATE SCHEMA {}", namespace.quoted))?;
    }
    Ok(())
}

fn number(said: &[SimpleQueryMessage]) -> Option<i64> {
    said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).and_then(|number| number.parse().ok()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_that_lacks_what_is_needed_is_refused() {
        assert!(check("postgres://h/d", "UTF8", "150004").is_ok());
        for (encoding, server, advice) in [
            ("SQL_ASCII", "150004", "--encoding UTF8"),
            ("LATIN1", "150004", "LATIN1"),
            ("UTF8", "110022", "PostgreSQL 12"),
        ] {
            let error = check("postgres://h/d", encoding, server).unwrap_err();
            assert!(error.to_string().contains(advice) && !error.is_transient(), "{error}");
        }
    }
}
