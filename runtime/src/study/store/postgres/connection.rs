//! A connection to the database: statements one after the other, each with a time limit.
//!
//! No statement has a name that the server would keep, and nothing is set for the session: transactions may go through PgBouncer, each
//! over another of its connections.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::tls::TlsStream;
use tokio_postgres::{AsyncMessage, Client, Error, NoTls, Notification, Row, SimpleQueryMessage, Socket};

use super::background::Background;
use super::fault;
use super::settings::Settings;
use super::values::Values;
use crate::study::StoreError;

/// How long the server works on a statement before it gives up.
pub(super) const STATEMENT: Duration = Duration::from_mins(1);
/// How long an answer is waited for: a server that hangs, or that is cut off, does not even give up.
const ANSWER: Duration = Duration::from_secs(75);
/// How long a connection that is closed may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(250);

/// A connection to the database.
pub(super) struct Connection {
    /// What the store is called.
    pub(super) name: String,
    background: Arc<Background>,
    /// There until this is dropped.
    client: Option<Arc<Client>>,
    driver: JoinHandle<()>,
    /// Closed with the connection.
    end: Receiver<()>,
    is_broken: Cell<bool>,
}

impl Connection {
    pub(super) fn open(background: &Arc<Background>, settings: &Settings) -> Result<Self, StoreError> {
        let to = settings.clone();
        let opened = background.run(settings.patience, async move {
            let (client, driver) = connect(&to, |_| ()).await?;
            let (ender, end) = channel();
            let driver = tokio::spawn(async move {
                driver.await;
                drop::<std::sync::mpsc::Sender<()>>(ender);
            });
            Ok((client, driver, end))
        });
        let opened = opened.ok_or_else(|| silent(&settings.name, settings.patience))?;
        let (client, driver, end) = opened.map_err(|error: Error| fault::of(&settings.name, &error))?;
        let (name, background, client) = (settings.name.clone(), Arc::clone(background), Some(Arc::new(client)));
        Ok(Self { name, background, client, driver, end, is_broken: Cell::new(false) })
    }

    /// Whether it can still be used.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_broken.get() && self.client.as_ref().is_some_and(|client| !client.is_closed())
    }

    /// It is not used any more.
    pub(super) fn give_up(&self) {
        self.is_broken.set(true);
    }

    /// Statements without values, in one message.
    pub(super) fn batch(&self, sql: String) -> Result<Vec<SimpleQueryMessage>, StoreError> {
        self.batch_within(ANSWER, sql)
    }

    pub(super) fn batch_within(&self, patience: Duration, sql: String) -> Result<Vec<SimpleQueryMessage>, StoreError> {
        self.ask(patience, |client| async move { client.simple_query(&sql).await })
    }

    /// The rows that a statement gives.
    pub(super) fn query(&self, sql: &'static str, values: Values) -> Result<Vec<Row>, StoreError> {
        self.ask(ANSWER, move |client| async move { client.query_typed(sql, &values.borrowed()).await })
    }

    /// How many rows a statement changes.
    pub(super) fn execute(&self, sql: &'static str, values: Values) -> Result<u64, StoreError> {
        self.ask(ANSWER, move |client| async move { client.execute_typed(sql, &values.borrowed()).await })
    }

    fn ask<R, F>(&self, patience: Duration, ask: impl FnOnce(Arc<Client>) -> F) -> Result<R, StoreError>
    where
        R: Send + 'static,
        F: Future<Output = Result<R, Error>> + Send + 'static,
    {
        let Some(client) = &self.client else { return Err(silent(&self.name, patience)) };
        let answer = match self.background.run(patience, ask(Arc::clone(client))) {
            Some(answer) => answer.map_err(|error| fault::of(&self.name, &error)),
            None => Err(silent(&self.name, patience)),
        };
        if matches!(answer, Err(StoreError::Unreachable { .. })) {
            self.give_up();
        }
        answer
    }
}

/// One that is in order says goodbye; another one is cut, so that the server lets go of what it holds.
impl Drop for Connection {
    fn drop(&mut self) {
        let is_usable = self.is_usable();
        drop(self.client.take());
        if is_usable {
            let _ = self.end.recv_timeout(GOODBYE);
        }
        self.driver.abort();
    }
}

fn silent(name: &str, patience: Duration) -> StoreError {
    StoreError::Unreachable { store: name.to_owned(), reason: format!("it did not answer within {patience:?}") }
}

/// What moves the bytes of a connection, until that ends.
type Driver = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Connects. Notifications are given to `hear`.
pub(super) async fn connect(
    settings: &Settings,
    hear: impl FnMut(&Notification) + Send + 'static,
) -> Result<(Client, Driver), Error> {
    match &settings.tls {
        None => {
            let (client, connection) = settings.config.connect(NoTls).await?;
            Ok((client, Box::pin(drive(connection, hear))))
        }
        Some(tls) => {
            let (client, connection) = settings.config.connect(tls.clone()).await?;
            Ok((client, Box::pin(drive(connection, hear))))
        }
    }
}

async fn drive<S: TlsStream + Unpin>(
    mut connection: tokio_postgres::Connection<Socket, S>,
    mut hear: impl FnMut(&Notification),
) {
    while let Some(message) = poll_fn(|context| connection.poll_message(context)).await {
        match message {
            Ok(AsyncMessage::Notification(notification)) => hear(&notification),
            Ok(_) => {}
            Err(error) => return tracing::debug!(%error, "a connection to the database ended"),
        }
    }
}
