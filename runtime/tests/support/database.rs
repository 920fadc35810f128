//! A PostgreSQL schema of its own for a test, on the server that tests use.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

/// A schema, which is dropped in the end.
pub(crate) struct Database {
    pub(crate) server: String,
    pub(crate) schema: String,
}

impl Database {
    /// On the server that `TRANSFER_NAS_POSTGRES` names, or the one of this machine. None where no server answers, which a line says;
    /// where one must answer, its silence is a failure.
    pub(crate) fn make() -> Option<Self> {
        let server = std::env::var("TRANSFER_NAS_POSTGRES");
        let server = server.unwrap_or_else(|_| "postgres://postgres@localhost/test".to_owned());
        let Err(error) = say(&server, "SELECT 1") else { return Some(Self::on(&server)) };
        let is_required = std::env::var("TRANSFER_NAS_POSTGRES_REQUIRED").is_ok_and(|said| said == "1");
        assert!(!is_required, "tests with PostgreSQL must not be left out: {error}");
        // Past the harness, which keeps the output of tests that pass to itself.
        let line = "no PostgreSQL server answers: tests with it are left out (TRANSFER_NAS_POSTGRES says where one is)";
        let _ = writeln!(std::io::stderr(), "{line}");
        None
    }

    /// On a server that answers.
    pub(crate) fn on(server: &str) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let schema = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self { server: server.to_owned(), schema }
    }

    /// The store's address.
    pub(crate) fn address(&self) -> String {
        let sign = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{sign}schema={}", self.server, self.schema)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = say(&self.server, &format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema));
    }
}

/// What a statement gives first.
pub(crate) fn say(server: &str, sql: &str) -> Result<String, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = server.parse::<Config>()?.connect(NoTls).await?;
        let driver = tokio::spawn(connection);
        let said = client.simple_query(sql).await;
        drop(client);
        let _ = driver.await;
        let first = said?.into_iter().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(first.unwrap_or_default())
    })
}
