//! How many changes of a study there were that a reader sees.

use std::sync::Mutex;

use tokio::sync::watch;

/// Counts changes as long as somebody wants to know.
#[derive(Debug)]
pub(super) struct Changes {
    pub(super) count: watch::Sender<u64>,
    /// Whether there is a thread that watches.
    pub(super) is_watched: Mutex<bool>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { count: watch::Sender::new(0), is_watched: Mutex::default() }
    }
}
