//! Where a worker process gets its trials from.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Claimed, ErasedScheduler, Held, Standing};
use crate::study::heartbeat::{AtWork, Heartbeat};
use crate::study::idle::Pause;
use crate::study::process::{self, Present};
use crate::study::protocol::Settled;
use crate::study::{Constraint, Outcome, StudyError, worker};

/// Where a worker process gets its trials from: a store, or a service in front of one. It says that the worker is there as long as it
/// lives, with the trials that were claimed and not told.
pub(crate) trait Source: Send + Sync {
    /// The study's name.
    fn study(&self) -> &str;

    /// Up to `want` trials that wait for a worker; waits for the first one, at most so long.
    fn claim(&self, want: u64, patience: Duration) -> Result<Claimed, StudyError>;

    /// Keeps a value of an attempt at a step; NaN counts as the worst of all. Says what is to become of the attempt.
    fn report(&self, trial: u64, attempt: u32, step: u64, value: f64) -> Result<Standing, StudyError>;

    /// Keeps a note of an attempt.
    fn note(&self, trial: u64, attempt: u32, key: &str, value: &Value) -> Result<(), StudyError>;

    /// Writes an outcome down, with what has limits; the same told again is the same as told once.
    fn tell(
        &self,
        trial: u64,
        attempt: u32,
        outcome: &Outcome,
        constraints: &[Constraint],
    ) -> Result<Settled, StudyError>;
}

/// A study in a store.
pub(crate) struct StoreSource {
    scheduler: Arc<ErasedScheduler>,
    worker: String,
    at: AtWork,
    /// How many trials this worker last said that it wants.
    wished: Mutex<u64>,
    heartbeat: Heartbeat,
    _present: Present,
}

impl StoreSource {
    /// A worker of this process; its name is made unique.
    pub(crate) fn new(scheduler: Arc<ErasedScheduler>, name: Option<&str>) -> Result<Self, StudyError> {
        let worker = worker::unique(name);
        let (present, at) = (Present::new(&worker), AtWork::new(process::own()));
        scheduler.wish(&worker, at.process.as_deref(), 0)?;
        scheduler.take_in(&worker)?;
        let mut heartbeats = scheduler.heartbeats(&worker, at.clone());
        // Who is gone for certain leaves its trials at once.
        heartbeats.check_others(Instant::now())?;
        let heartbeat = Heartbeat::start(heartbeats)?;
        Ok(Self { scheduler, worker, at, wished: Mutex::new(0), heartbeat, _present: present })
    }

    fn held(&self, trial: u64, attempt: u32) -> Held {
        Held { trial, attempt, worker: self.worker.clone() }
    }

    /// Says how many trials this worker would take, where others do not know it.
    fn wish(&self, want: u64) -> Result<(), StudyError> {
        let mut wished = self.wished.lock().unwrap_or_else(PoisonError::into_inner);
        if *wished != want {
            self.scheduler.wish(&self.worker, self.at.process.as_deref(), want)?;
            self.at.wants(want as usize);
            *wished = want;
        }
        Ok(())
    }
}

impl Source for StoreSource {
    fn study(&self) -> &str {
        self.scheduler.study()
    }

    fn claim(&self, want: u64, patience: Duration) -> Result<Claimed, StudyError> {
        let (begin, mut pause) = (Instant::now(), Pause::within(self.scheduler.abandon_after()));
        loop {
            let claimed = self.scheduler.claim(&self.worker, want)?;
            if let Claimed::Trials(trials) = &claimed {
                for trial in trials {
                    self.at.out.add(trial.trial, trial.attempt);
                }
                self.wish(want - trials.len() as u64)?;
                return Ok(claimed);
            }
            let left = patience.saturating_sub(begin.elapsed());
            if left.is_zero() || matches!(claimed, Claimed::Ended(_)) {
                return Ok(claimed);
            }
            self.wish(want)?;
            self.scheduler.wait(pause.next().min(left));
        }
    }

    fn report(&self, trial: u64, attempt: u32, step: u64, value: f64) -> Result<Standing, StudyError> {
        self.scheduler.report(&self.held(trial, attempt), step, value)
    }

    fn note(&self, trial: u64, attempt: u32, key: &str, value: &Value) -> Result<(), StudyError> {
        self.scheduler.note(&self.held(trial, attempt), key, value)
    }

    fn tell(
        &self,
        trial: u64,
        attempt: u32,
        outcome: &Outcome,
        constraints: &[Constraint],
    ) -> Result<Settled, StudyError> {
        let settled = self.scheduler.tell(&self.held(trial, attempt), outcome, constraints)?;
        self.at.out.remove(trial, attempt);
        Ok(settled)
    }
}

/// A worker that leaves is no longer waited for; what it has in hand goes back.
impl Drop for StoreSource {
    fn drop(&mut self) {
        self.heartbeat.stop();
        if let Err(error) = self.scheduler.sign_out(&self.worker) {
            tracing::warn!(worker = self.worker, %error, "the worker could not sign out; its trials go to others when it is missed");
        }
    }
}
