//! Whether this worker leads, and whether another one that did is gone.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::StudyError;
use super::observer::Observer;
use super::process::{self, Fate};
use super::store::{Lease, Store};

/// A worker's view of the lease.
#[derive(Debug, Default)]
pub(super) struct Leading {
    /// What this worker is called.
    worker: String,
    /// The epoch in which this worker leads.
    epoch: Option<u64>,
    /// When it last said so.
    renewed: Cell<Option<Instant>>,
    observer: Observer,
    /// When the holder's process was last checked.
    checked: Option<Instant>,
}

/// So often it is checked whether the process of a holder is gone.
const CHECKS: Duration = Duration::from_millis(200);

impl Leading {
    pub(super) fn new(worker: &str) -> Self {
        Self { worker: worker.to_owned(), ..Self::default() }
    }

    /// Whether a lease is this worker's.
    pub(super) fn is_of(&self, lease: &Lease) -> bool {
        lease.is_held_by(&self.worker) && self.epoch == Some(lease.epoch)
    }

    pub(super) fn take(&mut self, epoch: u64) {
        self.epoch = Some(epoch);
        self.renewed.set(Some(Instant::now()));
    }

    pub(super) fn leave(&mut self) {
        self.epoch = None;
    }

    /// Whether it is time to say that this worker is there.
    pub(super) fn is_due(&self, span: Duration) -> bool {
        self.renewed.get().is_none_or(|last| last.elapsed() > span / 4)
    }

    pub(super) fn renewed(&self) {
        self.renewed.set(Some(Instant::now()));
    }

    /// Whether a lease can be taken: nobody has it, or who has it was not heard of for the span, or is gone.
    pub(super) fn may_take(
        &mut self,
        store: &dyn Store,
        study: i64,
        lease: &Lease,
        span: Duration,
        now: Instant,
    ) -> Result<bool, StudyError> {
        if self.is_of(lease) {
            return Ok(false);
        }
        // It may be this worker's without its knowledge: the store was not sure whether it had written that.
        if lease.is_held_by(&self.worker) || self.observer.is_free(lease, span, now) {
            return Ok(true);
        }
        if self.checked.is_some_and(|last| now.saturating_duration_since(last) < CHECKS) {
            return Ok(false);
        }
        self.checked = Some(now);
        let Some(holder) = &lease.holder else { return Ok(true) };
        let workers = store.read(|ledger| Ok(ledger.workers(study)?))?;
        let holder = workers.iter().find(|worker| worker.name == *holder);
        Ok(holder.is_some_and(|it| process::fate(&it.name, it.process.as_deref()) == Fate::Gone))
    }
}
