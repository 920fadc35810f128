//! A trial that was handed out.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::curves::{Curve, Curves};
use super::heartbeat::{Beats, Heartbeat, Out};
use super::observer::Observer;
use super::outcome::Outcome;
use super::pruner::Pruner;
use super::scheduler::{Handed, Scheduler, Told};
use super::store::{Access, Durability, Store, ValueRecord};
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
}

impl Link {
    /// What the trials handed to a worker have in common, and what gives their heartbeats.
    pub(super) fn of(
        scheduler: &Scheduler,
        store: Arc<dyn Store>,
        pruner: Option<Arc<dyn Pruner>>,
    ) -> Result<(Arc<Self>, Heartbeat), StudyError> {
        // A heartbeat that fails is followed by another one: it is not tried again.
        let heartbeat = Heartbeat::start(scheduler.beats(store))?;
        let (study, direction) = (scheduler.protocol.id, scheduler.options.direction());
        let (store, worker) = (Arc::clone(&scheduler.store), scheduler.protocol.worker.clone());
        let out = scheduler.at.out.clone();
        Ok((Arc::new(Self { store, study, worker, direction, pruner, curves: Mutex::default(), out }), heartbeat))
    }
}

impl Scheduler {
    pub(super) fn beats(&self, store: Arc<dyn Store>) -> Beats {
        let (protocol, abandon, at) = (self.protocol.clone(), self.options.abandon, self.at.clone());
        Beats { store, protocol, abandon, at, observer: Observer::default(), unknown: Vec::new() }
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
    number: u64,
    attempt: u32,
    task: String,
    link: Arc<Link>,
    curve: Mutex<Curve>,
    is_cancelled: Arc<AtomicBool>,
    /// Whether somebody has what is to be told of it.
    is_told: AtomicBool,
    /// Whether a value could not be written down: then the objective's failure is not the trial's.
    is_store_failing: AtomicBool,
}

impl Hand {
    pub(super) fn new(handed: Handed, link: Arc<Link>) -> Self {
        let Handed { number, attempt, task, .. } = handed;
        link.out.add(number, attempt);
        let (curve, is_cancelled) = (Mutex::default(), Arc::default());
        let (is_told, is_store_failing) = (AtomicBool::new(false), AtomicBool::new(false));
        Self { number, attempt, task, link, curve, is_cancelled, is_told, is_store_failing }
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
        Told { number, attempt, worker, outcome, last, is_last: false }
    }

    /// What was to be told could not be: the trial is answered for here again.
    pub(super) fn not_told(&self) {
        self.is_told.store(false, Ordering::Relaxed);
    }

    /// Whether the trial is one of a study.
    pub(super) fn is_of(&self, link: &Arc<Link>) -> bool {
        Arc::ptr_eq(&self.link, link)
    }

    fn report(&self, step: u64, value: f64) -> Result<(), StudyError> {
        let value = if value.is_nan() { -self.link.direction.sign() * f64::INFINITY } else { value };
        self.curve().insert(step, value);
        let record = ValueRecord { row: 0, trial: self.number, attempt: self.attempt, step, value };
        let access = Access::Shared(Durability::Later);
        let written = self.link.store.with(access, |ledger| Ok(ledger.add_value(self.link.study, &record)?));
        self.is_store_failing.store(written.is_err(), Ordering::Relaxed);
        written
    }

    fn should_prune(&self) -> Result<bool, StudyError> {
        let Some(pruner) = &self.link.pruner else { return Ok(false) };
        let mut curves = self.link.curves.lock().unwrap_or_else(PoisonError::into_inner);
        curves.read(&*self.link.store, self.link.study)?;
        Ok(curves.prunes(&**pruner, self.link.direction, self.number, &self.curve()))
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

/// A trial that was handed out: a config to evaluate, and the way to say how that goes.
///
/// It dereferences to its config. One that is dropped without being told is handed out again.
#[must_use = "a trial that is dropped is handed out again"]
pub struct Running<T> {
    pub(super) hand: Hand,
    config: T,
}

impl<T> Running<T> {
    pub(super) fn new(hand: Hand, config: T) -> Self {
        Self { hand, config }
    }

    /// What to evaluate.
    pub fn config(&self) -> &T {
        &self.config
    }

    /// The number of the trial in its study, from 0.
    pub fn number(&self) -> u64 {
        self.hand.number
    }

    /// How often the trial was handed out before: it failed, or its worker gave no further heartbeat.
    pub fn retries(&self) -> u32 {
        self.hand.attempt - 1
    }

    /// The task that the config is to be judged on; `default` where the universe names none.
    pub fn task(&self) -> &str {
        &self.hand.task
    }

    /// Keeps a value of the trial at a step, such as the accuracy after an epoch; better ones are greater, or smaller where the study minimises. NaN counts as the worst of all. In a
    /// file this is a small transaction, a fraction of a millisecond: report after each epoch, not after each batch.
    pub fn report(&self, step: u64, value: f64) -> Result<(), StudyError> {
        self.hand.report(step, value)
    }

    /// Whether the study's pruner would give the trial up by what it reported; false without a pruner. Return
    /// [`Outcome::Pruned`] then.
    pub fn should_prune(&self) -> Result<bool, StudyError> {
        self.hand.should_prune()
    }

    /// Whether the trial has taken longer than its `timeout`: nobody waits for its outcome any more.
    pub fn is_cancelled(&self) -> bool {
        self.hand.is_cancelled.load(Ordering::Relaxed)
    }
}

impl<T> Deref for Running<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.config
    }
}

impl<T: fmt::Debug> fmt::Debug for Running<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hand: Hand { number, attempt, task, .. }, config } = self;
        let mut this = formatter.debug_struct("Running");
        this.field("number", number).field("attempt", attempt).field("task", task).field("config", config);
        this.finish_non_exhaustive()
    }
}
