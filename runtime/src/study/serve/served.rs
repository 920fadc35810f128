//! One study of a service, as long as the service runs.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use super::changes::Changes;
use super::heard::Heard;
use super::problem::Problem;
use super::waiting::{Answer, Asking, Waiting, Work};
use crate::study::erased::{Assignment, ErasedScheduler, Held};
use crate::study::heartbeat::{AtWork, Heartbeat};
use crate::study::process::{self, Present};
use crate::study::pruner::Pruner;
use crate::study::store::{Ledger, RunningRecord, Store, TrialRecord};
use crate::study::{Outcome, StudyError, worker};

/// The page as it was last rendered, and when.
pub(super) type Page = tokio::sync::Mutex<Option<(Instant, Bytes)>>;

/// One study, and what its workers wait for.
pub(super) struct Served {
    pub(super) scheduler: ErasedScheduler,
    /// What the service is called among the workers of the study.
    worker: String,
    at: AtWork,
    /// How many trials the service last said that it wants.
    wished: Mutex<u64>,
    pub(super) waiting: Arc<Waiting>,
    pub(super) heard: Heard,
    pub(super) changes: Arc<Changes>,
    pub(super) page: Page,
    /// The thread that waits for the store, at most one.
    store_wait: Mutex<Option<JoinHandle<bool>>>,
    /// Says that the service is there, and sees which workers are gone.
    _heartbeat: Heartbeat,
    _present: Present,
}

/// The store is read after such pauses while somebody waits: the first one, and the longest one.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(100));

impl Served {
    pub(super) fn open(
        store: &Arc<dyn Store>,
        name: &str,
        pruner: Option<Arc<dyn Pruner>>,
    ) -> Result<Self, StudyError> {
        let scheduler = ErasedScheduler::open(Arc::clone(store), name)?.with_pruner(pruner);
        let worker = worker::unique(Some("serve"));
        let (present, at) = (Present::new(&worker), AtWork::new(process::own()));
        let heartbeat = Heartbeat::start(scheduler.heartbeats(&worker, at.clone()))?;
        Ok(Self {
            scheduler,
            worker,
            at,
            wished: Mutex::default(),
            waiting: Arc::default(),
            heard: Heard::default(),
            changes: Arc::default(),
            page: Page::default(),
            store_wait: Mutex::default(),
            _heartbeat: heartbeat,
            _present: present,
        })
    }

    /// Gives those who wait what there is, as long as there are any.
    pub(super) async fn attend(self: Arc<Self>) {
        let (mut pause, mut store_wait) = (PAUSES.0, self.store_wait().take());
        loop {
            let served = Arc::clone(&self);
            if let Err(error) = spawn_blocking(move || served.serve_waiting()).await {
                tracing::error!(%error, "those who wait could not be served");
            }
            if self.waiting.may_leave() {
                *self.store_wait() = store_wait;
                return;
            }
            let served = Arc::clone(&self);
            let store = store_wait.get_or_insert_with(|| spawn_blocking(move || served.scheduler.wait(pause)));
            let is_looked = tokio::select! {
                () = self.waiting.news.notified() => false,
                _ = store => true,
            };
            if is_looked {
                (pause, store_wait) = ((pause * 3 / 2).min(PAUSES.1), None);
            } else {
                pause = PAUSES.0;
            }
        }
    }

    fn store_wait(&self) -> MutexGuard<'_, Option<JoinHandle<bool>>> {
        self.store_wait.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives what there is to those who wait, the first ones first.
    fn serve_waiting(&self) {
        let Work { returned, asking } = self.waiting.work(Instant::now());
        for held in returned {
            if let Err(error) = self.scheduler.tell(&held, &Outcome::Cancelled, &[]) {
                tracing::warn!(trial = held.trial, %error, "a trial could not be handed back; it goes to others when its worker is missed");
            }
        }
        if let Err(error) = self.answer(&asking) {
            let problem = Problem::from(error);
            for asking in &asking {
                self.waiting.answer(asking, Answer::Failed(problem.clone()));
            }
        }
    }

    fn answer(&self, asking: &[Asking]) -> Result<(), StudyError> {
        if asking.is_empty() {
            return self.wish(0);
        }
        let (queued, ending, running) = self.scheduler.read(|ledger, id| {
            let ending = ledger.known_study(self.scheduler.study())?.ending;
            Ok((ledger.count_queued(id)?, ending, ledger.running(id)?))
        })?;
        let mut open = Vec::with_capacity(asking.len());
        for asking in asking {
            match self.found_again(asking, &running)? {
                Some(trial) => self.waiting.answer(asking, Answer::Trial(Box::new(trial))),
                None => open.push(asking),
            }
        }
        let rest = if queued > 0 { self.claim(&open)? } else { open };
        for asking in &rest {
            match &ending {
                Some(ending) => self.waiting.answer(asking, Answer::Ended(ending.clone())),
                None if asking.is_due => self.waiting.answer(asking, Answer::Nothing),
                None => {}
            }
        }
        self.wish(self.waiting.len())
    }

    /// A trial that the worker has by the store and does not know of.
    fn found_again(&self, asking: &Asking, running: &[RunningRecord]) -> Result<Option<Assignment>, StudyError> {
        let Some(held) = &asking.held else { return Ok(None) };
        let is_unknown = |record: &&RunningRecord| {
            record.worker == asking.worker && !held.contains(&(record.number, record.attempt))
        };
        let Some(record) = running.iter().find(is_unknown) else { return Ok(None) };
        let worker = asking.worker.clone();
        self.scheduler.assignment(&Held { trial: record.number, attempt: record.attempt, worker })
    }

    /// One trial for each, as far as there are some. Those who got none.
    fn claim<'a>(&self, asking: &[&'a Asking]) -> Result<Vec<&'a Asking>, StudyError> {
        let workers: Vec<(&str, u64)> = asking.iter().map(|asking| (&*asking.worker, 1)).collect();
        let (claimed, _) =
            self.scheduler.claim_each_and(&workers, |ledger, id, claimed| self.note(ledger, id, &workers, claimed))?;
        let left = claimed.iter().filter(|trials| trials.is_empty()).count() as u64;
        self.wished(left);
        let mut rest = Vec::new();
        for (asking, trials) in asking.iter().zip(claimed) {
            match trials.into_iter().next() {
                Some(trial) => self.waiting.answer(asking, Answer::Trial(Box::new(trial))),
                None => rest.push(*asking),
            }
        }
        Ok(rest)
    }

    /// Who got a trial is there, and the service wants fewer.
    fn note(
        &self,
        ledger: &mut dyn Ledger,
        id: i64,
        workers: &[(&str, u64)],
        claimed: &[Vec<TrialRecord>],
    ) -> Result<(), StudyError> {
        let mut left = 0;
        for ((worker, _), trials) in workers.iter().zip(claimed) {
            if trials.is_empty() {
                left += 1;
            } else {
                ledger.heartbeat(id, worker, None, 0)?;
            }
        }
        if left != self.last_wish() {
            ledger.heartbeat(id, &self.worker, self.at.process.as_deref(), left)?;
        }
        Ok(())
    }

    /// Says how many trials those who wait would take, where that is not known.
    fn wish(&self, want: u64) -> Result<(), StudyError> {
        if want != self.last_wish() {
            self.scheduler.wish(&self.worker, self.at.process.as_deref(), want)?;
            self.wished(want);
        }
        Ok(())
    }

    fn last_wish(&self) -> u64 {
        *self.wished.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wished(&self, want: u64) {
        *self.wished.lock().unwrap_or_else(PoisonError::into_inner) = want;
        self.at.wants(want as usize);
    }

    /// The service does not take part any more.
    pub(super) fn leave(&self) {
        if let Err(error) = self.scheduler.sign_out(&self.worker) {
            tracing::warn!(%error, "the service could not sign out of the study");
        }
    }
}
