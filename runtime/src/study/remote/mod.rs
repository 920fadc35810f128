//! A study behind a service, as a worker sees it.

mod call;
mod certificates;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use self::call::{Caller, Patience};
use super::erased::{Claimed, Said, Source, Standing};
use super::protocol::Settled;
use super::serve::wire::{Ask, Asked, Attempt, Heard, Heartbeat, Note, Noted, Report, Reported, Studies, Tell, Told};
use super::{Constraint, Outcome, StudyError, worker};

/// How a worker calls a service.
#[derive(Debug, Clone, Default)]
pub(crate) struct HttpOptions {
    /// The study; it may be left out where the service has only one.
    pub(crate) study: Option<String>,
    /// What the worker is called; it is made unique.
    pub(crate) worker: Option<String>,
    /// What the service asks for; `TRANSFER_NAS_TOKEN` where it is not set.
    pub(crate) token: Option<String>,
    /// Certificates of authorities beside those that the system trusts, in PEM.
    pub(crate) authorities: Option<PathBuf>,
    /// How long an outcome is told again where the service does not answer; a day where it is not set.
    pub(crate) patience: Option<Duration>,
    /// How often a trial that fails is tried again; as the study has it where it is not set.
    pub(crate) retries: Option<u32>,
}

/// A study behind a service: `http://host:port` or `https://host:port`.
pub(crate) struct HttpSource {
    remote: Arc<Remote>,
    /// One worker asks for one trial at a time.
    asking: Mutex<()>,
    stop: Option<Sender<()>>,
    heartbeat: Option<JoinHandle<()>>,
}

/// What the threads of a worker share.
struct Remote {
    caller: Caller,
    study: String,
    worker: String,
    abandon_after: Duration,
    patience: Duration,
    retries: Option<u32>,
    held: Mutex<BTreeSet<Attempt>>,
}

/// The longest wait of one request. Shorter than what the service allows: what stands in between may close connections that are silent.
const WAIT: Duration = Duration::from_secs(20);
/// Before a worker that got nothing asks again.
const PAUSE: Duration = Duration::from_millis(50);
/// An outcome that took long to compute is worth a long wait.
const DAY: Duration = Duration::from_hours(24);
/// How long a service may take to be there when a worker begins.
const BEGIN: Duration = Duration::from_secs(30);
/// The most text of a failure that is sent, in bytes.
const TEXT: usize = 16 * 1024;

impl HttpSource {
    /// A worker of a study behind a service.
    pub(crate) fn open(address: &str, options: HttpOptions) -> Result<Self, StudyError> {
        let HttpOptions { study, worker, token, authorities, patience, retries } = options;
        let token = token.or_else(|| std::env::var("TRANSFER_NAS_TOKEN").ok()).filter(|token| !token.is_empty());
        let caller = Caller::new(address, token, authorities.as_deref())?;
        let study = study.map_or_else(|| only_study(&caller), Ok)?;
        let worker = worker::unique(worker.as_deref());
        // The first heartbeat says whether the study is there, and how often one is expected.
        let first = Heartbeat { worker: worker.clone(), held: Vec::new() };
        let heard: Heard = caller.post(&path(&study, "heartbeat"), &first, Patience::of(BEGIN))?;
        let abandon_after = Duration::try_from_secs_f64(heard.abandon_after).unwrap_or(BEGIN);
        let patience = patience.unwrap_or(DAY);
        let held = Mutex::default();
        let remote = Arc::new(Remote { caller, study, worker, abandon_after, patience, retries, held });
        let (stop, stopped) = channel::<()>();
        let shared = Arc::clone(&remote);
        let thread = std::thread::Builder::new().name("study-heartbeat".to_owned());
        let heartbeat = thread.spawn(move || {
            while stopped.recv_timeout(shared.every()) == Err(RecvTimeoutError::Timeout) {
                shared.heartbeat();
            }
        });
        let heartbeat = Some(heartbeat.map_err(StudyError::Thread)?);
        Ok(Self { remote, asking: Mutex::default(), stop: Some(stop), heartbeat })
    }
}

/// The study of a service that has only one.
fn only_study(caller: &Caller) -> Result<String, StudyError> {
    let Studies { studies } = caller.get("/studies", Patience::of(BEGIN))?;
    let names: Vec<String> = studies.into_iter().map(|study| study.name).collect();
    match <[String; 1]>::try_from(names) {
        Ok([name]) => Ok(name),
        Err(names) if names.is_empty() => Err(caller.error(None, "it has no studies; begin one in its store")),
        Err(names) => Err(caller.error(None, format!("it has several studies, say which: {}", names.join(", ")))),
    }
}

/// A path within a study.
fn path(study: &str, rest: &str) -> String {
    format!("/studies/{}/{rest}", utf8_percent_encode(study, NON_ALPHANUMERIC))
}

impl Remote {
    fn held(&self) -> MutexGuard<'_, BTreeSet<Attempt>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn in_hand(&self) -> Vec<Attempt> {
        self.held().iter().copied().collect()
    }

    /// Between two heartbeats.
    fn every(&self) -> Duration {
        (self.abandon_after / 5).clamp(Duration::from_millis(10), Duration::from_secs(10))
    }

    /// Says that this worker is there. One that fails is followed by another one.
    fn heartbeat(&self) {
        let held = self.in_hand();
        if held.is_empty() {
            return;
        }
        let said = Heartbeat { worker: self.worker.clone(), held };
        match self.caller.post::<Heard>(&path(&self.study, "heartbeat"), &said, Patience::once(self.abandon_after)) {
            Ok(Heard { lost, .. }) => {
                for lost in lost {
                    // It may have been told meanwhile.
                    if self.held().remove(&lost) {
                        tracing::warn!(trial = lost.trial, "the trial has ended, or another worker has it");
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "the service could not be told that this worker is there"),
        }
    }

    fn ask(&self, wait: Duration) -> Result<Asked, StudyError> {
        let held = self.in_hand();
        let ask = Ask { worker: self.worker.clone(), wait: wait.as_secs_f64(), held };
        let asked: Asked =
            self.caller.post(&path(&self.study, "ask"), &ask, Patience::of(self.abandon_after).waiting(wait))?;
        if let Some(trial) = &asked.trial {
            self.held().insert(Attempt { trial: trial.trial, attempt: trial.attempt });
        }
        Ok(asked)
    }

    fn tell(&self, trial: u64, attempt: u32, mut outcome: Said, patience: Patience) -> Result<Settled, StudyError> {
        if let Some(text) = outcome.failed.as_mut() {
            text.truncate(text.floor_char_boundary(TEXT));
        }
        let tell = Tell { worker: self.worker.clone(), attempt, outcome, retries: self.retries };
        let told = self.caller.post::<Told>(&path(&self.study, &format!("trials/{trial}/tell")), &tell, patience);
        if !matches!(&told, Err(error) if error.is_transient()) {
            // Whatever the service said, nothing more is to be told.
            self.held().remove(&Attempt { trial, attempt });
        }
        told.map(|told| told.settled.into())
    }
}

impl Source for HttpSource {
    fn study(&self) -> &str {
        &self.remote.study
    }

    fn claim(&self, want: u64, patience: Duration) -> Result<Claimed, StudyError> {
        let _asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let (begin, mut trials) = (Instant::now(), Vec::new());
        while (trials.len() as u64) < want {
            // Only the first one is waited for.
            let left = if trials.is_empty() { patience.saturating_sub(begin.elapsed()) } else { Duration::ZERO };
            let asked = match self.remote.ask(left.min(WAIT)) {
                // What there is already is not lost.
                Err(error) if !trials.is_empty() => {
                    tracing::warn!(%error, "no further trial could be asked for");
                    break;
                }
                asked => asked?,
            };
            match (asked.trial, asked.ending) {
                (Some(trial), _) => trials.push(trial),
                (None, Some(ending)) if trials.is_empty() => return Ok(Claimed::Ended(ending)),
                // A service that stops says so before the time is over.
                (None, None) if trials.is_empty() && begin.elapsed() < patience => std::thread::sleep(PAUSE),
                _ => break,
            }
        }
        Ok(if trials.is_empty() { Claimed::Nothing } else { Claimed::Trials(trials) })
    }

    fn report(&self, trial: u64, attempt: u32, step: u64, value: f64) -> Result<Standing, StudyError> {
        let remote = &self.remote;
        let said = Report { worker: remote.worker.clone(), attempt, step, value };
        let path = path(&remote.study, &format!("trials/{trial}/report"));
        let standing: Reported = remote.caller.post(&path, &said, Patience::of(remote.abandon_after))?;
        Ok(Standing { prunes: standing.prune, is_current: standing.current })
    }

    fn note(&self, trial: u64, attempt: u32, key: &str, value: &Value) -> Result<(), StudyError> {
        let remote = &self.remote;
        let note = Note { worker: remote.worker.clone(), attempt, key: key.to_owned(), value: value.clone() };
        let path = path(&remote.study, &format!("trials/{trial}/note"));
        let Noted {} = remote.caller.post(&path, &note, Patience::of(remote.abandon_after))?;
        Ok(())
    }

    fn tell(
        &self,
        trial: u64,
        attempt: u32,
        outcome: &Outcome,
        constraints: &[Constraint],
    ) -> Result<Settled, StudyError> {
        let said = Said { constraints: constraints.to_vec(), ..Said::from(outcome) };
        self.remote.tell(trial, attempt, said, Patience::of(self.remote.patience))
    }
}

/// A worker that leaves hands back what it has.
impl Drop for HttpSource {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(heartbeat) = self.heartbeat.take() {
            heartbeat.join().ok();
        }
        let patience = Patience::once(self.remote.abandon_after);
        for Attempt { trial, attempt } in self.remote.in_hand() {
            if let Err(error) = self.remote.tell(trial, attempt, Said::from(&Outcome::Cancelled), patience) {
                tracing::warn!(%error, "the trials of this worker could not be handed back; they go to others when it is missed");
                return;
            }
        }
    }
}
