//! From the database's errors to ours: what may pass, and what somebody has to put right.

use std::error::Error as _;
use std::io;
use std::path::PathBuf;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::study::StoreError;

/// What an error means to the store of a name.
pub(super) fn of(name: &str, error: &Error) -> StoreError {
    if let Some(said) = error.as_db_error() {
        return said_by_server(name, said);
    }
    let reason = words(error);
    if let Some(advice) = advice_on_connecting(error, &reason) {
        return permanent(name, format!("{reason}; {advice}"));
    }
    if error.is_closed() || io_error(error).is_some() {
        return StoreError::Unreachable { store: name.to_owned(), reason };
    }
    permanent(name, reason)
}

/// A fault that does not pass.
pub(super) fn permanent(name: &str, reason: String) -> StoreError {
    StoreError::Database { path: PathBuf::from(name), source: reason.clone().into(), reason }
}

/// What a server said.
fn said_by_server(name: &str, said: &DbError) -> StoreError {
    let code = said.code();
    let (store, path) = (name.to_owned(), PathBuf::from(name));
    let reason = [Some(said.message()), said.detail()].into_iter().flatten().collect::<Vec<_>>().join(": ");
    if let Some(advice) = advice(code) {
        return permanent(name, format!("{reason}; {advice}"));
    }
    match *code {
        SqlState::DISK_FULL => StoreError::Full { path },
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly { path },
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
            StoreError::Conflict { store }
        }
        SqlState::QUERY_CANCELED => StoreError::Unreachable { store, reason },
        _ if is_of(code, &["08", "25P03", "25P04", "40", "53", "57P"]) => StoreError::Unreachable { store, reason },
        _ => permanent(name, reason),
    }
}

fn is_of(code: &SqlState, classes: &[&str]) -> bool {
    classes.iter().any(|class| code.code().starts_with(class))
}

/// What to do about what does not pass by itself.
fn advice(code: &SqlState) -> Option<&'static str> {
    match *code {
        SqlState::INVALID_PASSWORD => {
            Some("give that user's password in the address, in the environment as PGPASSWORD, or in `~/.pgpass`")
        }
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Some(
            "name a user that the server knows, give another `sslmode`, or have the server's `pg_hba.conf` let this user in from here",
        ),
        SqlState::INVALID_CATALOG_NAME => Some("make the database with `createdb`, or name another one"),
        SqlState::INSUFFICIENT_PRIVILEGE => Some(
            "grant the user CREATE on the database for its first opening, and after that USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on its tables",
        ),
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN | SqlState::INVALID_SCHEMA_NAME => {
            Some("somebody changed or dropped the tables; open the store again to make them where they are gone")
        }
        _ => None,
    }
}

/// The same for what goes wrong before the server says anything.
fn advice_on_connecting(error: &Error, reason: &str) -> Option<&'static str> {
    if let Some(rustls::Error::InvalidCertificate(_)) = tls_error(error) {
        return Some(
            "name a file with the certificate of the authority that signed the server's as `sslrootcert`, or give `sslmode=verify-ca` where only the host's name is another one",
        );
    }
    if reason.contains("server does not support TLS") {
        return Some("have the server offer it, or give `sslmode=disable` where nobody can listen in");
    }
    if reason.contains("password missing") {
        return Some("give one in the address, in the environment as PGPASSWORD, or in `~/.pgpass`");
    }
    None
}

/// What an error says, and what it says of its cause.
fn words(error: &Error) -> String {
    let cause = error.source().map(ToString::to_string);
    std::iter::once(error.to_string()).chain(cause).collect::<Vec<_>>().join(": ")
}

fn io_error(error: &Error) -> Option<&io::Error> {
    error.source().and_then(|source| source.downcast_ref())
}

fn tls_error(error: &Error) -> Option<&rustls::Error> {
    io_error(error)?.get_ref()?.downcast_ref()
}
