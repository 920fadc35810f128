//! A worker at work: programs in slots, until nothing is left to do.

use std::borrow::Cow;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Program;
use super::attempt::{Attempt, Ear};
use crate::page;
use crate::printable::{printable, say};
use crate::study::erased::{Assignment, Claimed, Source, Standing};
use crate::study::folders::Folders;
use crate::study::interrupt::Interrupt;
use crate::study::protocol::Settled;
use crate::study::{Constraint, Measured, Outcome, StudyError};

/// What a worker did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerSummary {
    /// The study's name.
    pub study: String,
    /// How many trials it told a reward or values of.
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

/// What the threads of a worker have in common.
pub(super) struct Shared {
    pub(super) source: Arc<dyn Source>,
    pub(super) program: Program,
    pub(super) folders: Folders,
    pub(super) timeout: Option<Duration>,
    pub(super) interrupt: Option<Interrupt>,
    pub(super) is_cancelled: AtomicBool,
}

/// A trial in a slot, for who runs its program.
struct Slotted<'a> {
    shared: &'a Shared,
    assignment: &'a Assignment,
    constraints: Mutex<Vec<Constraint>>,
}

impl Ear for Slotted<'_> {
    fn report(&self, step: u64, value: f64) -> Result<Standing, StudyError> {
        self.shared.source.report(self.assignment.trial, self.assignment.attempt, step, value)
    }

    fn note(&self, key: &str, value: &Value) -> Result<(), StudyError> {
        self.shared.source.note(self.assignment.trial, self.assignment.attempt, key, value)
    }

    fn constrain(&self, constraint: Constraint) -> Result<(), StudyError> {
        constraint.put_into(&mut self.constraints.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(())
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
    fn evaluate(&self, assignment: &Assignment, slot: usize) -> Result<Evaluated, StudyError> {
        let Assignment { trial, attempt, .. } = *assignment;
        let slotted = Slotted { shared: self, assignment, constraints: Mutex::default() };
        let evaluated = self.folders.of(trial, attempt).and_then(|folder| {
            let (program, timeout) = (&self.program, self.timeout);
            Attempt { program, assignment, slot, folder: &folder, timeout }.run(&slotted)
        });
        match evaluated {
            Ok(outcome) => {
                let constraints = slotted.constraints.into_inner().unwrap_or_else(PoisonError::into_inner);
                let settled = self.source.tell(trial, attempt, &outcome, &constraints)?;
                let measured = Measured { values: Vec::new(), constraints };
                Ok(Evaluated {
                    outcome: outcome.checked(&assignment.objectives),
                    exceeded: measured.exceeded(),
                    settled,
                })
            }
            Err(error) => {
                // Why the trial is given back is more than that it could not be.
                self.source.tell(trial, attempt, &Outcome::Cancelled, &[]).ok();
                Err(error)
            }
        }
    }
}

/// What a thread has to say at its end.
pub(super) struct Ended {
    slot: usize,
    trial: u64,
    took: Duration,
    told: Result<Evaluated, StudyError>,
}

/// How a trial was told.
struct Evaluated {
    outcome: Outcome,
    /// Which limits are exceeded.
    exceeded: Option<String>,
    settled: Settled,
}

/// A worker at work.
pub(super) struct Shift {
    pub(super) shared: Arc<Shared>,
    pub(super) parallel: usize,
    /// Those that are free, the first one last.
    pub(super) slots: Vec<usize>,
    pub(super) sender: Sender<Ended>,
    pub(super) receiver: Receiver<Ended>,
    pub(super) max_idle: Option<Duration>,
    /// Whether it was said that no trials come.
    pub(super) is_cut_off: bool,
    pub(super) idle_since: Instant,
    pub(super) is_quiet: bool,
    pub(super) summary: WorkerSummary,
}

/// How long one claim of trials, or one wait for those that end, takes at most.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);

impl Shift {
    /// Evaluates trials until there are none any more, or somebody says so.
    pub(super) fn work(mut self) -> Result<WorkerSummary, StudyError> {
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
        let claimed = match self.shared.source.claim(self.slots.len() as u64, PATIENCE) {
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
            self.shared.source.tell(trial, attempt, &Outcome::Cancelled, &[]).ok();
            StudyError::Thread(error)
        })
    }

    /// Waits for a program to end, a while at most.
    fn wait(&mut self) -> Result<(), StudyError> {
        match self.receiver.recv_timeout(PATIENCE) {
            Ok(ended) => self.take_in(ended),
            Err(_) => Ok(()),
        }
    }

    fn take_in(&mut self, Ended { slot, trial, took, told }: Ended) -> Result<(), StudyError> {
        self.slots.push(slot);
        self.slots.sort_unstable_by(|a, b| b.cmp(a));
        self.idle_since = Instant::now();
        let Evaluated { outcome, exceeded, settled } = told?;
        let how = match &outcome {
            Outcome::Reward(reward) => exceeded.unwrap_or_else(|| page::short(*reward)),
            Outcome::Scores(values) => exceeded.unwrap_or_else(|| scores(values)),
            Outcome::Failed(error) | Outcome::FailedBy { error, .. } => {
                format!("failed: {}", error.lines().next().unwrap_or_default())
            }
            Outcome::Pruned => "pruned".to_owned(),
            Outcome::Cancelled => "handed back".to_owned(),
        };
        let count = match outcome {
            Outcome::Reward(_) | Outcome::Scores(_) => &mut self.summary.done,
            Outcome::Failed(_) | Outcome::FailedBy { .. } => &mut self.summary.failed,
            Outcome::Pruned => &mut self.summary.pruned,
            Outcome::Cancelled => &mut self.summary.returned,
        };
        *count += 1;
        let beside = if settled == Settled::Beside { " (the trial had ended already)" } else { "" };
        self.say(&format!("trial {trial}: {how}, {}{beside}", page::duration(took.as_secs_f64())));
        Ok(())
    }

    fn say(&self, line: &str) {
        if !self.is_quiet {
            say!("{}", printable(format!("{}: {line}", self.shared.source.study())));
        }
    }
}

/// The value of each objective, for people.
fn scores(values: &[(Cow<'static, str>, f64)]) -> String {
    values.iter().map(|(name, value)| format!("{name} {}", page::short(*value))).collect::<Vec<_>>().join(", ")
}
