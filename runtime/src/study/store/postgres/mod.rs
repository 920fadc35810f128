//! Studies in a PostgreSQL database.

mod address;
mod background;
mod connection;
mod fault;
mod fit;
mod ledger;
mod listen;
mod namespace;
mod open;
mod passfile;
mod row;
mod schema;
mod settings;
#[cfg(test)]
pub(super) mod tests;
mod tls;
mod transaction;
mod trials;
mod values;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Access, Store, StoreError, Work};
use crate::study::StudyError;
use background::Background;
use connection::Connection;
use ledger::Session;
use listen::Listener;
use namespace::Namespace;
use open::Opening;
use settings::Settings;
use transaction::Transaction;

/// Studies in a PostgreSQL database, which processes of several machines may have open. It needs the feature `postgres`.
///
/// An outcome that is confirmed is on the server's disk, as its `synchronous_commit` has it. How a database is opened, what it
/// must allow, and its tables are described in `docs/study.md`.
pub struct PostgresStore {
    settings: Settings,
    namespace: Namespace,
    /// None where it broke: it is opened anew when it is needed next.
    connection: Mutex<Option<Connection>>,
    listener: Listener,
    is_read_only: bool,
    /// After what is done with it.
    background: Arc<Background>,
}

impl PostgresStore {
    /// Opens the studies of a database, and makes their tables where there are none.
    ///
    /// The address is a URL, `postgres://user@host:5432/database`, or has keywords, `host=.. dbname=..`, as libpq has them. What it does
    /// not say comes from the environment (`PGHOST`, `PGPASSWORD` ..) and `~/.pgpass`. The tables are in a PostgreSQL schema of their own,
    /// `transfer_nas` or what the parameter `schema` says.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_as(address, Opening::Make)
    }

    /// Opens a database that must have the tables.
    pub fn open_existing(address: &str) -> Result<Self, StoreError> {
        Self::open_as(address, Opening::Existing)
    }

    /// Opens a database that must have the tables, to read them: no permission to write is needed.
    pub fn open_read_only(address: &str) -> Result<Self, StoreError> {
        Self::open_as(address, Opening::ReadOnly)
    }

    fn open_as(address: &str, opening: Opening) -> Result<Self, StoreError> {
        let settings = Settings::read(address)?;
        let namespace = Namespace::new(&settings.schema);
        let background = Background::start().map_err(|source| {
            let reason = format!("no thread could be started for it: {source}");
            StoreError::Database { path: PathBuf::from(&settings.name), reason, source: Box::new(source) }
        })?;
        let background = Arc::new(background);
        let connection = Connection::open(&background, &settings)?;
        open::prepare(&connection, &namespace, opening)?;
        let (listener, is_read_only) = (Listener::default(), opening == Opening::ReadOnly);
        let connection = Mutex::new(Some(connection));
        Ok(Self { settings, namespace, connection, listener, is_read_only, background })
    }

    /// The address, without a password.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    fn lock(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the connection, which is opened anew where the last one broke.
    fn with_connection<R>(&self, work: impl FnOnce(&Connection) -> Result<R, StudyError>) -> Result<R, StudyError> {
        let mut slot = self.lock();
        let connection = match slot.take().filter(Connection::is_usable) {
            Some(connection) => connection,
            None => Connection::open(&self.background, &self.settings)?,
        };
        // A panic of the work leaves the connection here.
        let connection = slot.insert(connection);
        let done = work(connection);
        if !connection.is_usable() {
            *slot = None;
        }
        done
    }
}

impl Store for PostgresStore {
    fn transact(&self, access: Access, work: Work<'_>) -> Result<(), StudyError> {
        if self.is_read_only && access != Access::Read {
            return Err(StoreError::ReadOnly { path: PathBuf::from(&self.settings.name) }.into());
        }
        self.with_connection(|connection| {
            let mut session = Session::new(Transaction::begin(connection, &self.namespace, access)?, &self.namespace);
            work(&mut session)?;
            Ok(session.end().commit()?)
        })
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn wait(&self, study: i64, patience: Duration) -> bool {
        self.listener.wait(&self.background, &self.settings, &self.namespace, study, patience)
    }

    /// Made of the host and the database, in the current directory.
    fn rescue(&self) -> Option<PathBuf> {
        Some(PathBuf::from(format!("transfer-nas-{}", self.settings.place)))
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PostgresStore").field("name", &self.settings.name).finish_non_exhaustive()
    }
}
