//! Signs of life of the trials that are out.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::StudyError;
use super::running::Out;
use super::store::Store;

/// A thread that says, as long as this lives, which trials are out.
#[derive(Debug)]
pub(super) struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heartbeat {
    /// Says so some times within the span after which a trial counts as left.
    pub(super) fn start(store: Arc<dyn Store>, study: i64, out: Out, abandon: Duration) -> Result<Self, StudyError> {
        let (stop, stopped) = channel::<()>();
        let every = (abandon / 5).max(Duration::from_millis(10));
        let beat = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let numbers = out.numbers();
                if numbers.is_empty() {
                    continue;
                }
                if let Err(error) = store.with(|ledger| Ok(ledger.beat(study, &numbers)?)) {
                    tracing::warn!(%error, "a sign of life could not be written down");
                }
            }
        };
        let thread = std::thread::Builder::new().name("study-heartbeat".to_owned()).spawn(beat);
        Ok(Self { stop: Some(stop), thread: Some(thread.map_err(StudyError::Thread)?) })
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}
