//! The server that tests use, and a schema of its own for each.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Once, OnceLock};

use tokio_postgres::SimpleQueryMessage;

use crate::study::StoreError;
use crate::study::store::postgres::PostgresStore;
use crate::study::store::postgres::background::Background;
use crate::study::store::postgres::connection::Connection;
use crate::study::store::postgres::settings::Settings;

/// A schema of its own, which is dropped in the end.
pub(in crate::study) struct Database {
    pub(super) schema: String,
}

/// The address of the database for tests.
pub(super) fn address() -> String {
    std::env::var("TRANSFER_NAS_POSTGRES").unwrap_or_else(|_| "postgres://postgres@localhost/test".to_owned())
}

/// The address with further parameters.
pub(super) fn address_with(parameters: &str) -> String {
    let address = address();
    let sign = if address.contains('?') { '&' } else { '?' };
    format!("{address}{sign}{parameters}")
}

/// Whether a server answers there. Where one must, its silence is a failure.
fn answers() -> bool {
    static ANSWERS: OnceLock<bool> = OnceLock::new();
    *ANSWERS.get_or_init(|| match connect(&address()) {
        Ok(_) => true,
        Err(error) => {
            let is_required = std::env::var("TRANSFER_NAS_POSTGRES_REQUIRED").is_ok_and(|said| said == "1");
            assert!(!is_required, "tests with PostgreSQL must not be left out: {error}");
            false
        }
    })
}

/// Said past the harness, which keeps the output of tests that pass to itself.
fn say_that_tests_are_left_out() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        let line = "no PostgreSQL server answers: tests with it are left out (TRANSFER_NAS_POSTGRES says where one is)";
        let _ = writeln!(std::io::stderr(), "{line}");
    });
}

pub(super) fn connect(address: &str) -> Result<Connection, StoreError> {
    let background = Arc::new(Background::start().unwrap());
    Connection::open(&background, &Settings::read(address)?)
}

/// What a statement gives first.
pub(super) fn ask(connection: &Connection, sql: &str) -> String {
    let said = connection.batch(sql.to_owned()).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let first = said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    first.unwrap_or_default()
}

/// Says something to the server over another connection.
pub(super) fn say(sql: &str) -> String {
    ask(&connect(&address()).unwrap(), sql)
}

impl Database {
    /// None where no server answers.
    pub(in crate::study) fn make() -> Option<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if !answers() {
            say_that_tests_are_left_out();
            return None;
        }
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Some(Self { schema: format!("test \"{process}\" {count}") })
    }

    pub(super) fn address(&self) -> String {
        let schema = self.schema.replace('"', "%22").replace(' ', "%20");
        address_with(&format!("schema={schema}"))
    }

    pub(super) fn quoted(&self) -> String {
        format!("\"{}\"", self.schema.replace('"', "\"\""))
    }

    pub(in crate::study) fn open(&self) -> PostgresStore {
        PostgresStore::open(&self.address()).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Ok(connection) = connect(&address()) {
            let _ = connection.batch(format!("DROP SCHEMA IF EXISTS {} CASCADE", self.quoted()));
        }
    }
}
