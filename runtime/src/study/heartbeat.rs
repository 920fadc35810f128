//! A thread that says what this worker has in hand, and sees who of the others is gone.

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::StudyError;
use super::observer::Observer;
use super::process;
use super::protocol::Protocol;
use super::store::{Access, Durability, RunningRecord, Store, WorkerRecord};
use super::told::Told;

/// What a worker has in hand.
#[derive(Debug, Clone, Default)]
pub(super) struct AtWork {
    pub(super) out: Out,
    /// In which process the worker is.
    pub(super) process: Option<String>,
    state: Arc<Mutex<State>>,
    /// What a person should know and was not told yet.
    news: Arc<Mutex<Vec<String>>>,
}

/// More than this is not held for a person.
const NEWS: usize = 100;

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// The epoch in which this worker leads, while its strategy thinks.
    thinking: Option<u64>,
    /// How many trials it would take.
    wants: u64,
}

/// The trials that are out, each with its attempt, and those that were let go.
#[derive(Debug, Clone, Default)]
pub(super) struct Out(Arc<Mutex<Trials>>);

#[derive(Debug, Default)]
struct Trials {
    out: BTreeSet<(u64, u32)>,
    dropped: BTreeSet<(u64, u32)>,
}

impl Out {
    fn lock(&self) -> MutexGuard<'_, Trials> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, number: u64, attempt: u32) {
        self.lock().out.insert((number, attempt));
    }

    /// It was told, or nobody waits for it any more.
    pub(super) fn remove(&self, number: u64, attempt: u32) {
        self.lock().out.remove(&(number, attempt));
    }

    /// Nobody will tell of it: it is handed back.
    pub(super) fn let_go(&self, number: u64, attempt: u32) {
        let mut trials = self.lock();
        if trials.out.remove(&(number, attempt)) {
            trials.dropped.insert((number, attempt));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().out.is_empty()
    }

    pub(super) fn has(&self, held: &RunningRecord) -> bool {
        self.lock().out.contains(&(held.number, held.attempt))
    }

    /// What is to be handed back.
    pub(super) fn dropped(&self) -> Vec<(u64, u32)> {
        self.lock().dropped.iter().copied().collect()
    }

    pub(super) fn handed_back(&self, trials: &[(u64, u32)]) {
        let dropped = &mut self.lock().dropped;
        for trial in trials {
            dropped.remove(trial);
        }
    }
}

/// As long as this lives, the lease is renewed.
#[derive(Debug)]
pub(super) struct Thinking(Arc<Mutex<State>>);

impl Drop for Thinking {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).thinking = None;
    }
}

impl AtWork {
    pub(super) fn new(process: Option<String>) -> Self {
        Self { process, ..Self::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The worker's strategy thinks, however long.
    pub(super) fn think(&self, epoch: u64) -> Thinking {
        self.state().thinking = Some(epoch);
        Thinking(Arc::clone(&self.state))
    }

    /// Keeps a line for a person.
    pub(super) fn say(&self, line: String) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        if news.len() < NEWS {
            news.push(line);
        }
    }

    /// The lines that came since this was last asked.
    pub(super) fn news(&self) -> Vec<String> {
        std::mem::take(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many trials the worker would take.
    pub(super) fn wants(&self, want: usize) {
        self.state().wants = want as u64;
    }
}

/// A thread that says, as long as this lives, what is in hand.
#[derive(Debug)]
pub(super) struct Heartbeat {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a heartbeat is of.
pub(super) struct Heartbeats {
    pub(super) store: Arc<dyn Store>,
    pub(super) protocol: Protocol,
    /// The span after which a worker counts as gone.
    pub(super) abandon: Duration,
    pub(super) at: AtWork,
    pub(super) observer: Observer,
    /// Trials that are this worker's by the store, and of which it does not know: found once.
    pub(super) unknown: Vec<RunningRecord>,
}

impl Heartbeats {
    /// Says that this worker is there, and hands back what was let go.
    fn heartbeat(&mut self) -> Result<(), StudyError> {
        let State { thinking, wants } = *self.at.state();
        let dropped = self.at.out.dropped();
        let is_idle = self.at.out.is_empty() && thinking.is_none() && wants == 0 && dropped.is_empty();
        if is_idle && self.unknown.is_empty() {
            return Ok(());
        }
        let Protocol { id, worker, .. } = &self.protocol;
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            ledger.heartbeat(*id, worker, self.at.process.as_deref(), wants)?;
            for &(number, attempt) in &dropped {
                self.protocol.settle(ledger, &self.returned(number, attempt))?;
            }
            thinking.map_or(Ok(()), |epoch| Ok(ledger.renew_lease(*id, epoch)?))
        })?;
        self.at.out.handed_back(&dropped);
        Ok(())
    }

    fn returned(&self, number: u64, attempt: u32) -> Told {
        let worker = self.protocol.worker.clone();
        Told::returned(number, attempt, worker)
    }

    /// Gives the trials of those who are gone to others, and back what this worker does not know that it has.
    pub(super) fn check_others(&mut self, now: Instant) -> Result<usize, StudyError> {
        let Protocol { id, worker, .. } = &self.protocol;
        let (workers, running) = self.store.read(|ledger| Ok((ledger.workers(*id)?, ledger.running(*id)?)))?;
        let (own, others): (Vec<_>, Vec<_>) = running.into_iter().partition(|held| held.worker == *worker);
        let gone = self.observer.gone(&holders(&workers, &others, worker), self.abandon, now);
        let unknown: Vec<RunningRecord> = own.into_iter().filter(|held| !self.at.out.has(held)).collect();
        // What was handed out a moment ago is known by the next time.
        let lost: Vec<&RunningRecord> = unknown.iter().filter(|held| self.unknown.contains(held)).collect();
        let mut count = 0;
        if !gone.is_empty() || !lost.is_empty() {
            count = self.store.with(Access::Shared(Durability::Soon), |ledger| {
                let taken = gone.iter().map(|gone| self.protocol.give_up(ledger, gone)).sum::<Result<usize, _>>()?;
                for held in &lost {
                    self.protocol.settle(ledger, &self.returned(held.number, held.attempt))?;
                }
                if taken > 0 {
                    ledger.notify(*id)?;
                }
                Ok(taken)
            })?;
        }
        // Who had nothing leaves nothing to others.
        for gone in gone.into_iter().filter(|gone| others.iter().any(|held| held.worker == *gone)) {
            let process =
                workers.iter().find(|worker| worker.name == gone).and_then(|worker| worker.process.as_deref());
            let place = process.and_then(process::place).unwrap_or_else(|| format!("the worker `{gone}`"));
            let line = format!("{place} is gone or gives no heartbeat; its trials go to others");
            tracing::warn!(study = self.protocol.study, worker = gone, "{line}");
            self.at.say(line);
        }
        self.unknown = unknown;
        Ok(count)
    }
}

/// The other workers, those included of which there is no more than a trial that they have.
fn holders(workers: &[WorkerRecord], running: &[RunningRecord], own: &str) -> Vec<WorkerRecord> {
    let mut others: Vec<WorkerRecord> = workers.iter().filter(|worker| worker.name != own).cloned().collect();
    let names: BTreeSet<&str> = running.iter().map(|held| held.worker.as_str()).collect();
    let unknown = names.into_iter().filter(|name| workers.iter().all(|worker| worker.name != *name));
    let nothing = |name: &str| WorkerRecord {
        name: name.to_owned(),
        process: None,
        wants: 0,
        heartbeats: 0,
        last_heartbeat: super::store::Millis::default(),
    };
    others.extend(unknown.map(nothing));
    others
}

impl Heartbeat {
    /// Says so some times within the span after which a worker counts as gone.
    pub(super) fn start(mut heartbeats: Heartbeats) -> Result<Self, StudyError> {
        const PAUSES: (Duration, Duration) = (Duration::from_millis(10), Duration::from_secs(10));
        let (stop, stopped) = channel::<()>();
        let every = (heartbeats.abandon / 5).clamp(PAUSES.0, PAUSES.1);
        let run = move || {
            while stopped.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
                let said = heartbeats.heartbeat();
                let checked = heartbeats.check_others(Instant::now());
                if let Err(error) = said.and(checked) {
                    tracing::warn!(%error, "a heartbeat could not be written down");
                }
            }
        };
        let thread = std::thread::Builder::new().name("study-heartbeat".to_owned()).spawn(run);
        Ok(Self { stop: Some(stop), thread: Some(thread.map_err(StudyError::Thread)?) })
    }
}

impl Heartbeat {
    /// Says nothing any more.
    pub(super) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.stop();
    }
}
