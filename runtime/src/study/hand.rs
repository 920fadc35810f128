//! A trial that was handed out, but for its config: how it is reported on and told.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::curves::Curves;
use super::folders::Folders;
use super::handed::Handed;
use super::heartbeat::{Heartbeat, Heartbeats, Out};
use super::observer::Observer;
use super::outcome::Outcome;
use super::pruner::{Curve, Pruner};
use super::scheduler::Scheduler;
use super::store::{Access, Constraint, Durability, NoteRecord, Store, ValueRecord};
use super::told::Told;
use super::{Direction, StudyError};

/// What all trials of a study have in common while they run.
pub(super) struct Link {
    pub(super) store: Arc<dyn Store>,
    pub(super) study: i64,
    pub(super) worker: String,
    pub(super) direction: Direction,
    pub(super) pruner: Option<Arc<dyn Pruner>>,
    pub(super) curves: Mutex<Curves>,
    pub(super) out: Out,
    pub(super) folders: Folders,
    /// Whether an objective asked the study to end.
    pub(super) is_stopped: AtomicBool,
    /// Why no trial can be evaluated here at all.
    fault: Mutex<Option<StudyError>>,
}

impl Link {
    /// What the trials handed to a worker have in common, and what gives their heartbeats.
    pub(super) fn of(
        scheduler: &Scheduler,
        store: Arc<dyn Store>,
        pruner: Option<Arc<dyn Pruner>>,
        folder: Option<PathBuf>,
    ) -> Result<(Arc<Self>, Heartbeat), StudyError> {
        let folders = Folders::new(folder, store.rescue(), &scheduler.protocol.study);
        // A heartbeat that fails is followed by another one: it is not tried again.
        let heartbeat = Heartbeat::start(scheduler.heartbeats(store))?;
        let (study, direction) = (scheduler.protocol.id, scheduler.options.direction());
        let (store, worker) = (Arc::clone(&scheduler.store), scheduler.protocol.worker.clone());
        let (out, curves, is_stopped) = (scheduler.at.out.clone(), Mutex::default(), AtomicBool::new(false));
        let fault = Mutex::default();
        Ok((
            Arc::new(Self { store, study, worker, direction, pruner, curves, out, folders, is_stopped, fault }),
            heartbeat,
        ))
    }

    /// No trial can be evaluated here; the first reason is held for who runs the study.
    pub(super) fn fail(&self, error: StudyError) {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// An error where trials cannot be evaluated here.
    pub(super) fn broken(&self) -> Result<(), StudyError> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

impl Scheduler {
    pub(super) fn heartbeats(&self, store: Arc<dyn Store>) -> Heartbeats {
        let (protocol, abandon, at) = (self.protocol.clone(), self.options.abandon, self.at.clone());
        Heartbeats { store, protocol, abandon, at, observer: Observer::default(), unknown: Vec::new() }
    }
}

/// What is known of a trial while somebody else has it.
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) attempt: u32,
    pub(super) worker: String,
    pub(super) is_cancelled: Arc<AtomicBool>,
}

/// A trial that was handed out, but for its config.
pub(super) struct Hand {
    pub(super) number: u64,
    pub(super) attempt: u32,
    pub(super) task: String,
    /// Which of the workers of its process has it.
    pub(super) slot: usize,
    is_repetition: bool,
    dir: Mutex<Option<PathBuf>>,
    pub(super) link: Arc<Link>,
    curve: Mutex<Curve>,
    /// What has limits; of each name the latest value.
    constraints: Mutex<Vec<Constraint>>,
    pub(super) is_cancelled: Arc<AtomicBool>,
    /// Whether somebody has what is to be told of it.
    is_told: AtomicBool,
    /// Whether a value could not be written down: then the objective's failure is not the trial's.
    is_store_failing: AtomicBool,
}

impl Hand {
    pub(super) fn new(handed: Handed, link: Arc<Link>) -> Self {
        let Handed { number, attempt, task, is_repetition, .. } = handed;
        link.out.add(number, attempt);
        let (curve, is_cancelled) = (Mutex::default(), Arc::default());
        let (is_told, is_store_failing) = (AtomicBool::new(false), AtomicBool::new(false));
        Self {
            number,
            attempt,
            task,
            is_repetition,
            slot: 0,
            dir: Mutex::default(),
            link,
            curve,
            constraints: Mutex::default(),
            is_cancelled,
            is_told,
            is_store_failing,
        }
    }

    /// What is known of the trial while somebody else has it.
    pub(super) fn ticket(&self) -> Ticket {
        let (worker, is_cancelled) = (self.link.worker.clone(), Arc::clone(&self.is_cancelled));
        Ticket { number: self.number, attempt: self.attempt, worker, is_cancelled }
    }

    /// What is to be told of the trial. From now on whoever has that answers for it.
    pub(super) fn told(&self, outcome: Outcome) -> Told {
        let last = self.curve().iter().next_back().map(|(step, value)| (*step, *value));
        self.is_told.store(true, Ordering::Relaxed);
        let is_failure = matches!(outcome, Outcome::Failed(_) | Outcome::FailedBy { .. });
        let is_not_its_own = is_failure && self.is_store_failing.load(Ordering::Relaxed);
        let is_handed_back = is_not_its_own || outcome == Outcome::Cancelled;
        let outcome = (!is_handed_back).then_some(outcome);
        let (number, attempt, worker) = (self.number, self.attempt, self.link.worker.clone());
        let constraints = self.constraints().clone();
        Told { number, attempt, worker, outcome, last, constraints, is_last: false }
    }

    /// What was to be told could not be: the trial is answered for here again.
    pub(super) fn not_told(&self) {
        self.is_told.store(false, Ordering::Relaxed);
    }

    /// Whether the trial is one of a study.
    pub(super) fn is_of(&self, link: &Arc<Link>) -> bool {
        Arc::ptr_eq(&self.link, link)
    }

    pub(super) fn report(&self, step: u64, value: f64) -> Result<(), StudyError> {
        let value = if value.is_nan() { -self.link.direction.sign() * f64::INFINITY } else { value };
        self.curve().insert(step, value);
        let record = ValueRecord { row: 0, trial: self.number, attempt: self.attempt, step, value };
        let access = Access::Shared(Durability::Later);
        let written = self.link.store.with(access, |ledger| Ok(ledger.add_value(self.link.study, &record)?));
        self.is_store_failing.store(written.is_err(), Ordering::Relaxed);
        written
    }

    pub(super) fn should_prune(&self) -> Result<bool, StudyError> {
        let Some(pruner) = self.link.pruner.as_ref().filter(|_| !self.is_repetition) else { return Ok(false) };
        let mut curves = self.link.curves.lock().unwrap_or_else(PoisonError::into_inner);
        curves.read(&*self.link.store, self.link.study)?;
        Ok(curves.prunes(&**pruner, self.link.direction, self.number, &self.curve()))
    }

    /// The trial's directory; the first call of an attempt makes it ready.
    pub(super) fn dir(&self) -> Result<PathBuf, StudyError> {
        let mut known = self.dir.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dir) = &*known {
            return Ok(dir.clone());
        }
        let dir = self.link.folders.of(self.number, self.attempt)?;
        Ok(known.insert(dir).clone())
    }

    pub(super) fn note(&self, key: &str, value: String) -> Result<(), StudyError> {
        let note = NoteRecord { trial: self.number, attempt: self.attempt, key: key.to_owned(), value };
        let access = Access::Shared(Durability::Later);
        let written = self.link.store.with(access, |ledger| Ok(ledger.put_note(self.link.study, &note)?));
        self.is_store_failing.store(written.is_err(), Ordering::Relaxed);
        written
    }

    /// Keeps something that has limits until the trial is told, in place of what had that name.
    pub(super) fn constrain(&self, constraint: Constraint) -> Result<(), StudyError> {
        if let Some(reason) = constraint.fault() {
            return Err(StudyError::Constraint { name: constraint.name, reason });
        }
        constraint.put_into(&mut self.constraints());
        Ok(())
    }

    fn constraints(&self) -> MutexGuard<'_, Vec<Constraint>> {
        self.constraints.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn curve(&self) -> MutexGuard<'_, Curve> {
        self.curve.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hand {
    fn drop(&mut self) {
        if !self.is_told.load(Ordering::Relaxed) {
            self.link.out.let_go(self.number, self.attempt);
        }
    }
}
