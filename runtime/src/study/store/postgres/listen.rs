//! Waiting until something changes: whoever changes it notifies those who listen, on a connection of its own.
//!
//! Nothing depends on notifications. Where listening is not possible (a pooler in transaction mode swallows notifications), who waits
//! sleeps for the time that it has patience.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::Error;

use super::background::Background;
use super::connection::connect;
use super::namespace::Namespace;
use super::settings::Settings;

/// So long after it was tried to listen it is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// What a store was notified of.
#[derive(Default)]
pub(super) struct Listener {
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    known: Mutex<Known>,
    changed: Condvar,
}

#[derive(Default)]
struct Known {
    is_listening: bool,
    /// When it was last tried to.
    tried: Option<Instant>,
    studies: HashMap<i64, Notified>,
}

/// How many changes of a study it was notified of, and how many of them somebody took notice of.
#[derive(Debug, Default, Clone, Copy)]
struct Notified {
    received: u64,
    noticed: u64,
}

impl Listener {
    /// Waits until a study changes; false where that did not come. A change since the last wait for that study ended counts.
    pub(super) fn wait(
        &self,
        background: &Background,
        settings: &Settings,
        namespace: &Namespace,
        study: i64,
        patience: Duration,
    ) -> bool {
        let mut known = self.state.lock();
        if known.is_due() {
            self.start(&mut known, background, settings, namespace);
        }
        let noticed = known.studies.entry(study).or_default().noticed;
        let waits = |known: &mut Known| known.studies.get(&study).is_none_or(|notified| notified.received == noticed);
        let woken = self.state.changed.wait_timeout_while(known, patience, waits);
        let (mut known, _) = woken.unwrap_or_else(PoisonError::into_inner);
        let Some(notified) = known.studies.get_mut(&study) else { return false };
        notified.noticed = notified.received;
        notified.noticed != noticed
    }

    /// Begins to listen, without waiting for that.
    fn start(&self, known: &mut Known, background: &Background, settings: &Settings, namespace: &Namespace) {
        let Some(handle) = background.handle() else { return };
        (known.is_listening, known.tried) = (true, Some(Instant::now()));
        let (state, settings, channel) = (Arc::clone(&self.state), settings.clone(), namespace.channel.clone());
        handle.spawn(async move {
            if let Err(error) = listen(&state, &settings, &channel).await {
                tracing::debug!(store = settings.name, %error, "no notifications come for now");
            }
            state.lock().is_listening = false;
        });
    }
}

impl Known {
    fn is_due(&self) -> bool {
        !self.is_listening && self.tried.is_none_or(|tried| tried.elapsed() >= AGAIN)
    }
}

impl State {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A study changed, which is of interest where somebody waited for it.
    fn receive(&self, study: i64) {
        if let Some(notified) = self.lock().studies.get_mut(&study) {
            notified.received += 1;
            self.changed.notify_all();
        }
    }

    /// Nobody was notified of what happened before: all read for themselves.
    fn receive_all(&self) {
        self.lock().studies.values_mut().for_each(|notified| notified.received += 1);
        self.changed.notify_all();
    }
}

/// Listens until the connection ends.
async fn listen(state: &Arc<State>, settings: &Settings, channel: &str) -> Result<(), Error> {
    let receiver = Arc::clone(state);
    let hear = move |notification: &tokio_postgres::Notification| {
        if let Ok(study) = notification.payload().parse() {
            receiver.receive(study);
        }
    };
    let Ok(connected) = tokio::time::timeout(settings.patience, connect(settings, hear)).await else { return Ok(()) };
    let (client, driver) = connected?;
    let driver = tokio::spawn(driver);
    client.batch_execute(&format!("LISTEN {channel}")).await?;
    state.receive_all();
    // The connection ends with the client.
    let _ = driver.await;
    drop(client);
    Ok(())
}
