//! Heartbeats of the trials that are out, and of a leader that thinks.

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::StudyError;
use super::store::{Lease, Ledger, Store};

/// What a worker has in hand.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork {
    pub(super) out: Out,
    /// What the worker is called, while its strategy thinks.
    leads: Arc<Mutex<Option<String>>>,
}

/// The trials that are out, each with its attempt.
#[derive(Debug, Clone, Default)]
pub(super) struct Out(Arc<Mutex<BTreeSet<(u64, u32)>>>);

impl Out {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<(u64, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, number: u64, attempt: u32) {
        self.lock().insert((number, attempt));
    }

    pub(super) fn remove(&self, number: u64, attempt: u32) {
        self.lock().remove(&(number, attempt));
    }

    fn numbers(&self) -> Vec<u64> {
        self.lock().iter().map(|(number, _)| *number).collect()
    }
}

/// As long as this lives, the lease is renewed.
#[derive(Debug)]
pub(super) struct Leading(Arc<Mutex<Option<String>>>);

impl Drop for Leading {
    fn drop(&mut self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl AtWork {
    /// The worker's strategy thinks, however long.
    pub(super) fn lead(&self, worker: &str) -> Leading {
        *self.leads.lock().unwrap_or_else(PoisonError::into_inner) = Some(worker.to_owned());
        Leading(Arc::clone(&self.leads))
    }

    fn leader(&self) -> Option<String> {
        self.leads.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A thread that says, as long as this lives, what is in hand.
#[derive(Debug)]
pub(super) struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// The study of a heartbeat.
pub(super) struct Beats {
    pub(super) store: Arc<dyn Store>,
    pub(super) name: String,
    pub(super) id: i64,
    /// The span after which a trial counts as left.
    pub(super) abandon: Duration,
}

impl Beats {
    fn beat(&self, at: &AtWork) -> Result<(), StudyError> {
        let (numbers, leader) = (at.out.numbers(), at.leader());
        if numbers.is_empty() && leader.is_none() {
            return Ok(());
        }
        self.store.with(|ledger| {
            if !numbers.is_empty() {
                ledger.beat(self.id, &numbers)?;
            }
            leader.map_or(Ok(()), |leader| self.renew(ledger, &leader))
        })
    }

    /// Who thinks longer than the lease lasts keeps it.
    fn renew(&self, ledger: &mut dyn Ledger, leader: &str) -> Result<(), StudyError> {
        let mut study = ledger.known_study(&self.name)?;
        if study.lease.as_ref().is_some_and(|lease| lease.holder == leader) {
            let until = ledger.now().after(self.abandon / 3);
            study.lease = Some(Lease { holder: leader.to_owned(), until });
            ledger.put_study(&study)?;
        }
        Ok(())
    }
}

impl Heartbeat {
    /// Says so some times within the span after which a trial counts as left.
    pub(super) fn start(beats: Beats, at: AtWork) -> Result<Self, StudyError> {
        let (stop, stopped) = channel::<()>();
        let every = (beats.abandon / 5).max(Duration::from_millis(10));
        let beat = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = beats.beat(&at) {
                    tracing::warn!(%error, "a heartbeat could not be written down");
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
