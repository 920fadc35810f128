//! A transaction: what is not committed is undone, by an error or a panic.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tokio_postgres::{Row, SimpleQueryMessage};

use super::connection::{Connection, STATEMENT};
use super::namespace::Namespace;
use super::values::Values;
use crate::study::store::{Access, Durability, Millis, StoreError};

/// How long another transaction's locks are waited for.
const LOCK: Duration = Duration::from_secs(10);
/// After so long without a statement the server ends a transaction: whoever began it was stopped, and others wait for its locks.
const IDLE: Duration = Duration::from_mins(1);

/// A transaction.
pub(super) struct Transaction<'a> {
    connection: &'a Connection,
    pub(super) access: Access,
    /// The server's time when it began, and this process's.
    began: (Millis, Instant),
    /// Whether a statement failed: the server keeps nothing of it then.
    has_failed: Cell<bool>,
    is_over: bool,
}

impl<'a> Transaction<'a> {
    pub(super) fn begin(connection: &'a Connection, namespace: &Namespace, access: Access) -> Result<Self, StoreError> {
        let began = (Millis::default(), Instant::now());
        // From here on it is undone, whatever happens.
        let mut transaction = Self { connection, access, began, has_failed: Cell::new(false), is_over: false };
        let said = transaction.noted(connection.batch(beginning(namespace, access)))?;
        transaction.began = (time(&said), Instant::now());
        Ok(transaction)
    }

    /// The server's time.
    pub(super) fn now(&self) -> Millis {
        let (time, since) = self.began;
        time.after(since.elapsed())
    }

    pub(super) fn name(&self) -> &'a str {
        &self.connection.name
    }

    /// The rows that a statement gives.
    pub(super) fn query(&self, sql: &'static str, values: Values) -> Result<Vec<Row>, StoreError> {
        self.noted(self.connection.query(sql, values))
    }

    /// How many rows a statement changes.
    pub(super) fn execute(&self, sql: &'static str, values: Values) -> Result<u64, StoreError> {
        self.noted(self.connection.execute(sql, values))
    }

    fn noted<R>(&self, done: Result<R, StoreError>) -> Result<R, StoreError> {
        match done {
            // The server was made a standby: another one takes what is written.
            Err(StoreError::ReadOnly { .. }) if self.access != Access::Read => {
                self.connection.give_up();
                let (store, reason) = (self.name().to_owned(), "it can only be read now".to_owned());
                Err(StoreError::Unreachable { store, reason })
            }
            Err(error) => {
                self.has_failed.set(true);
                Err(error)
            }
            done => done,
        }
    }

    pub(super) fn commit(mut self) -> Result<(), StoreError> {
        if self.has_failed.get() {
            return Err(StoreError::NotDone);
        }
        self.is_over = true;
        self.connection.batch("COMMIT".to_owned()).map(drop)
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.is_over && self.connection.is_usable() && self.connection.batch("ROLLBACK".to_owned()).is_err() {
            self.connection.give_up();
        }
    }
}

/// What begins a transaction. All of it holds until that ends.
fn beginning(namespace: &Namespace, access: Access) -> String {
    let mode = match access {
        Access::Read => "REPEATABLE READ, READ ONLY",
        Access::Shared(_) | Access::Exclusive(_) => "READ COMMITTED",
    };
    let durability = match access {
        Access::Shared(Durability::Later) | Access::Exclusive(Durability::Later) => {
            "SET LOCAL synchronous_commit = off;"
        }
        _ => "",
    };
    let lock = match access {
        Access::Exclusive(_) => format!("SELECT pg_advisory_xact_lock({});", namespace.exclusive),
        _ => String::new(),
    };
    let (statement, lock_timeout, idle) = (STATEMENT.as_millis(), LOCK.as_millis(), IDLE.as_millis());
    format!(
        "BEGIN ISOLATION LEVEL {mode}; SET LOCAL search_path = {}, pg_temp; SET LOCAL statement_timeout = {statement};
         SET LOCAL lock_timeout = {lock_timeout}; SET LOCAL idle_in_transaction_session_timeout = {idle};
         {durability} {lock} SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now",
        namespace.quoted
    )
}

fn time(said: &[SimpleQueryMessage]) -> Millis {
    let now = said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.try_get("now").ok().flatten(),
        _ => None,
    });
    Millis(now.and_then(|now| now.parse().ok()).unwrap_or_default())
}
