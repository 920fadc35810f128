//! Heartbeats of the workers of a study, gathered until they are written down.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::oneshot;

use super::problem::Problem;
use crate::study::erased::Held;

/// What was heard of workers.
#[derive(Debug, Default)]
pub(super) struct Heard(Mutex<State>);

/// What workers lost, or why that is not known.
pub(super) type Lost = Result<Vec<Held>, Problem>;

#[derive(Debug, Default)]
pub(super) struct State {
    /// What is not written down yet: workers, and what they say that they have.
    pub(super) pending: HashMap<String, BTreeSet<(u64, u32)>>,
    /// Those who are told what they lost once it is written down.
    pub(super) waiting: Vec<(String, oneshot::Sender<Lost>)>,
    /// What each worker had when it was last written down, and when that was.
    pub(super) known: HashMap<String, (Instant, BTreeSet<(u64, u32)>)>,
    pub(super) written: Option<Instant>,
    pub(super) is_writing: bool,
}

impl Heard {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
