//! A process that evaluates trials of a study with a program, without the study's type.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Program;
use super::attempt::{Attempt, Ear};
use crate::page;
use crate::printable::{printable, say};
use crate::study::folders::Folders;
use crate::study::interrupt::Interrupt;
use crate::study::protocol::Kept;
#[cfg(feature = "serve")]
use crate::study::remote::{HttpOptions, HttpSource};
use crate::study::store::Store;
use crate::study::untyped::{Assignment, Claimed, Desk, Source, Standing, StoreSource};
use crate::study::{Outcome, StudyError};

/// A process that evaluates trials of a study with a program, without the study's type: what `transfer-nas worker` does.
///
/// It takes trials that wait, and where there are none says how many it would take, so that whoever leads the study makes them: a process
/// with the study's type that [runs](crate::study::Study::run) or [leads](crate::study::Study::lead) it. It ends when the study has.
#[must_use = "a worker does nothing until it is run"]
pub struct Worker {
    from: From,
    name: Option<String>,
    parallel: usize,
    timeout: Option<Duration>,
    retries: Option<u32>,
    max_idle: Option<Duration>,
    wait: Duration,
    folder: Option<PathBuf>,
    is_quiet: bool,
}

/// Where trials come from.
enum From {
    Store {
        store: Arc<dyn Store>,
        study: String,
    },
    /// A service, by its address.
    #[cfg(feature = "serve")]
    Service {
        address: String,
        study: Option<String>,
        authorities: Option<PathBuf>,
    },
}

impl From {
    /// What trials come from, and where their directories are.
    fn open(
        &self,
        name: Option<&str>,
        retries: Option<u32>,
        folder: Option<PathBuf>,
    ) -> Result<(Arc<dyn Source>, Folders), StudyError> {
        match self {
            Self::Store { store, study } => {
                let folders = Folders::new(folder, store.rescue(), study);
                let desk = Desk::open(Arc::clone(store), study)?.with_retries(retries);
                Ok((Arc::new(StoreSource::new(Arc::new(desk), name)?), folders))
            }
            #[cfg(feature = "serve")]
            Self::Service { address, study, authorities } => {
                let options = HttpOptions {
                    study: study.clone(),
                    worker: name.map(str::to_owned),
                    authorities: authorities.clone(),
                    retries,
                    ..HttpOptions::default()
                };
                let source = HttpSource::open(address, options)?;
                let folders = Folders::new(folder, Some(PathBuf::from("transfer-nas")), source.study());
                Ok((Arc::new(source), folders))
            }
        }
    }
}

/// What a worker did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerSummary {
    /// The study's name.
    pub study: String,
    /// How many trials it told a reward of.
    pub done: u64,
    /// How many of its attempts failed.
    pub failed: u64,
    /// How many were pruned.
    pub pruned: u64,
    /// How many it handed back.
    pub returned: u64,
    /// Why the study had ended, in a word (`complete`, `stopped`, `exhausted`); none where the worker left before.
    pub ending: Option<String>,
}

impl Worker {
    /// A worker of a study in a store, which must be there.
    pub fn new(store: Arc<dyn Store>, study: impl Into<String>) -> Self {
        Self::of(From::Store { store, study: study.into() })
    }

    /// A worker of a study behind a service, `http://host:8080`; the study may be left out where the service has only one. A token that
    /// the service asks for is that of the environment variable `TRANSFER_NAS_TOKEN`.
    #[cfg(feature = "serve")]
    pub fn of_service(address: impl Into<String>, study: Option<&str>) -> Self {
        let (address, study) = (address.into(), study.map(str::to_owned));
        Self::of(From::Service { address, study, authorities: None })
    }

    /// Trusts the authorities in a PEM file, too, where the service has a certificate of one of them.
    #[cfg(feature = "serve")]
    pub fn authorities(mut self, path: impl Into<PathBuf>) -> Self {
        if let From::Service { authorities, .. } = &mut self.from {
            *authorities = Some(path.into());
        }
        self
    }

    fn of(from: From) -> Self {
        let (name, timeout, retries, max_idle, folder) = (None, None, None, None, None);
        let wait = Duration::ZERO;
        Self { from, name, parallel: 1, timeout, retries, max_idle, wait, folder, is_quiet: false }
    }

    /// How many programs run at once; 1 where it is not set.
    pub fn parallel(mut self, programs: usize) -> Self {
        self.parallel = programs.max(1);
        self
    }

    /// How long a program may take; after that its trial has failed, and it is ended.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// How often a trial that fails here is tried again, whatever the study's rules say.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// After how long without anything to do the worker leaves; it waits for the study's end where it is not set.
    pub fn max_idle(mut self, idle: Duration) -> Self {
        self.max_idle = Some(idle);
        self
    }

    /// How long a study that is not there yet is waited for, and a service that does not answer; not at all where it is not set.
    pub fn wait(mut self, patience: Duration) -> Self {
        self.wait = patience;
        self
    }

    /// Below which the directories of trials are, as [`StudyBuilder::folder`](crate::study::StudyBuilder::folder) has it. On a file system
    /// that all workers share a trial goes on on another machine from what it left.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// What the worker is called in the store; it is made unique in any case.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says nothing on standard error.
    pub fn quiet(mut self) -> Self {
        self.is_quiet = true;
        self
    }

    /// Evaluates trials until the study has ended, or somebody presses Ctrl-C: then programs that run are finished, and with a second one, or
    /// SIGTERM, they are ended and their trials are handed back. No program outlives the worker.
    pub fn run(self, program: impl Into<Program>) -> Result<WorkerSummary, StudyError> {
        let Self { from, name, parallel, timeout, retries, max_idle, wait, folder, is_quiet } = self;
        let begin = Instant::now();
        let (source, folders) = loop {
            match from.open(name.as_deref(), retries, folder.clone()) {
                Err(error) if error.is_of_what_is_not_there() && begin.elapsed() < wait => std::thread::sleep(LOOK),
                opened => break opened?,
            }
        };
        let study = source.study().to_owned();
        let (interrupt, is_cancelled) = (Interrupt::listen_twice(), AtomicBool::new(false));
        let shared = Shared { source, program: program.into(), folders, timeout, interrupt, is_cancelled };
        let (shared, slots) = (Arc::new(shared), (0..parallel).rev().collect());
        let (sender, receiver) = channel();
        let summary = WorkerSummary { study, done: 0, failed: 0, pruned: 0, returned: 0, ending: None };
        let (is_cut_off, idle_since) = (false, Instant::now());
        Shift { shared, parallel, slots, sender, receiver, max_idle, is_cut_off, idle_since, is_quiet, summary }.work()
    }
}

/// What the threads of a worker have in common.
struct Shared {
    source: Arc<dyn Source>,
    program: Program,
    folders: Folders,
    timeout: Option<Duration>,
    interrupt: Option<Interrupt>,
    is_cancelled: AtomicBool,
}

/// A trial in a slot, for who runs its program.
struct Slotted<'a> {
    shared: &'a Shared,
    assignment: &'a Assignment,
}

impl Ear for Slotted<'_> {
    fn report(&self, step: u64, value: f64) -> Result<Standing, StudyError> {
        self.shared.source.report(self.assignment.trial, self.assignment.attempt, step, value)
    }

    fn note(&self, key: &str, value: &Value) -> Result<(), StudyError> {
        self.shared.source.note(self.assignment.trial, self.assignment.attempt, key, value)
    }

    fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled()
    }
}

impl Shared {
    /// Whether what runs is to be handed back.
    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed) || self.interrupt.as_ref().is_some_and(Interrupt::hands_back)
    }

    /// Evaluates a trial and tells of it. Where no trial can be evaluated here at all, it is handed back and that is the error.
    fn evaluate(&self, assignment: &Assignment, slot: usize) -> Result<(Outcome, Kept), StudyError> {
        let Assignment { trial, attempt, .. } = *assignment;
        let evaluated = self.folders.of(trial, attempt).and_then(|folder| {
            let (program, timeout) = (&self.program, self.timeout);
            Attempt { program, assignment, slot, folder: &folder, timeout }.run(&Slotted { shared: self, assignment })
        });
        match evaluated {
            Ok(outcome) => {
                let kept = self.source.tell(trial, attempt, &outcome)?;
                Ok((outcome, kept))
            }
            Err(error) => {
                // Why the trial is given back is more than that it could not be.
                self.source.tell(trial, attempt, &Outcome::Cancelled).ok();
                Err(error)
            }
        }
    }
}

/// What a thread has to say at its end.
struct Ended {
    slot: usize,
    trial: u64,
    took: Duration,
    told: Result<(Outcome, Kept), StudyError>,
}

/// A worker at work.
struct Shift {
    shared: Arc<Shared>,
    parallel: usize,
    /// Those that are free, the first one last.
    slots: Vec<usize>,
    sender: Sender<Ended>,
    receiver: Receiver<Ended>,
    max_idle: Option<Duration>,
    /// Whether it was said that no trials come.
    is_cut_off: bool,
    idle_since: Instant,
    is_quiet: bool,
    summary: WorkerSummary,
}

/// How long one look for trials, or for those that end, takes at most.
const LOOK: Duration = Duration::from_secs(1);

impl Shift {
    fn work(mut self) -> Result<WorkerSummary, StudyError> {
        let done = self.go_on();
        if done.is_err() {
            // What runs is handed back.
            self.shared.is_cancelled.store(true, Ordering::Relaxed);
            while self.slots.len() < self.parallel {
                // Why others could not be told of is more of the same.
                self.wait().ok();
            }
        }
        done.map(|()| self.summary)
    }

    fn go_on(&mut self) -> Result<(), StudyError> {
        loop {
            self.heed_signals();
            let is_leaving = self.is_leaving();
            if is_leaving && self.is_idle() {
                return Ok(());
            }
            if is_leaving || self.slots.is_empty() {
                self.wait()?;
            } else {
                self.claim()?;
                while let Ok(ended) = self.receiver.try_recv() {
                    self.take_in(ended)?;
                }
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.slots.len() == self.parallel
    }

    /// Whether no further trials are to be begun.
    fn is_leaving(&self) -> bool {
        let is_idle_for_long = self.max_idle.is_some_and(|most| self.is_idle() && self.idle_since.elapsed() >= most);
        let is_asked = self.shared.interrupt.as_ref().is_some_and(Interrupt::is_asked);
        is_asked || is_idle_for_long || self.summary.ending.is_some()
    }

    fn heed_signals(&mut self) {
        let hands_back = self.shared.interrupt.as_ref().is_some_and(Interrupt::hands_back);
        if hands_back && !self.shared.is_cancelled.swap(true, Ordering::Relaxed) && !self.is_idle() {
            self.say("the programs that run are ended, and their trials handed back");
        }
    }

    /// Begins with trials that there are.
    fn claim(&mut self) -> Result<(), StudyError> {
        let claimed = match self.shared.source.claim(self.slots.len() as u64, LOOK) {
            // Programs that run need nobody before they end.
            Err(error) if error.is_transient() && !self.is_idle() => {
                if !std::mem::replace(&mut self.is_cut_off, true) {
                    self.say(&format!("no further trials come for now: {error}"));
                }
                return self.wait();
            }
            claimed => claimed?,
        };
        self.is_cut_off = false;
        match claimed {
            Claimed::Trials(trials) => trials.into_iter().try_for_each(|trial| self.begin(trial)),
            Claimed::Nothing => Ok(()),
            Claimed::Ended(word) => {
                self.summary.ending = Some(word);
                Ok(())
            }
        }
    }

    fn begin(&mut self, assignment: Assignment) -> Result<(), StudyError> {
        let Some(slot) = self.slots.pop() else { return Ok(()) };
        let (shared, sender) = (Arc::clone(&self.shared), self.sender.clone());
        let Assignment { trial, attempt, .. } = assignment;
        let evaluate = move || {
            let begin = Instant::now();
            let told = catch_unwind(AssertUnwindSafe(|| shared.evaluate(&assignment, slot)));
            let told = told.unwrap_or_else(|_| Err(StudyError::Thread(io::Error::other("it panicked"))));
            // Who has the last one signs the worker out.
            drop(shared);
            // Nobody listens any more where the worker has failed.
            sender.send(Ended { slot, trial, took: begin.elapsed(), told }).ok();
        };
        let thread = std::thread::Builder::new().name(format!("slot-{slot}"));
        thread.spawn(evaluate).map(drop).map_err(|error| {
            self.slots.push(slot);
            self.shared.source.tell(trial, attempt, &Outcome::Cancelled).ok();
            StudyError::Thread(error)
        })
    }

    /// Waits for a program to end, a while at most.
    fn wait(&mut self) -> Result<(), StudyError> {
        match self.receiver.recv_timeout(LOOK) {
            Ok(ended) => self.take_in(ended),
            Err(_) => Ok(()),
        }
    }

    fn take_in(&mut self, Ended { slot, trial, took, told }: Ended) -> Result<(), StudyError> {
        self.slots.push(slot);
        self.slots.sort_unstable_by(|a, b| b.cmp(a));
        self.idle_since = Instant::now();
        let (outcome, kept) = told?;
        let outcome = outcome.checked();
        let how = match &outcome {
            Outcome::Reward(reward) => page::short(*reward),
            Outcome::Failed(error) | Outcome::FailedBy { error, .. } => {
                format!("failed: {}", error.lines().next().unwrap_or_default())
            }
            Outcome::Pruned => "pruned".to_owned(),
            Outcome::Cancelled => "handed back".to_owned(),
        };
        let count = match outcome {
            Outcome::Reward(_) => &mut self.summary.done,
            Outcome::Failed(_) | Outcome::FailedBy { .. } => &mut self.summary.failed,
            Outcome::Pruned => &mut self.summary.pruned,
            Outcome::Cancelled => &mut self.summary.returned,
        };
        *count += 1;
        let beside = if kept == Kept::Beside { " (the trial had ended already)" } else { "" };
        self.say(&format!("trial {trial}: {how}, {}{beside}", page::duration(took.as_secs_f64())));
        Ok(())
    }

    fn say(&self, line: &str) {
        if !self.is_quiet {
            say!("{}", printable(format!("{}: {line}", self.shared.source.study())));
        }
    }
}
