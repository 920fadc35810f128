//! A trial that was handed out.

use std::fmt;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::curves::{Curve, Curves};
use super::heartbeat::{Beats, Heartbeat, Out};
use super::outcome::Outcome;
use super::pruner::Pruner;
use super::scheduler::{Handed, Scheduler, Told};
use super::store::Store;
use super::{Direction, StudyError};

/// What all trials of a study have in common while they run.
pub(super) struct Link {
    pub(super) store: Arc<dyn Store>,
    pub(super) study: i64,
    pub(super) direction: Direction,
    pub(super) pruner: Option<Arc<dyn Pruner>>,
    pub(super) curves: Mutex<Curves>,
    pub(super) out: Out,
}

impl Link {
    /// What the trials handed to a worker have in common, and what gives their heartbeats.
    pub(super) fn of(
        scheduler: &Scheduler,
        pruner: Option<Arc<dyn Pruner>>,
    ) -> Result<(Arc<Self>, Heartbeat), StudyError> {
        let (store, at) = (Arc::clone(&scheduler.store), scheduler.at.clone());
        let (name, abandon) = (scheduler.study.clone(), scheduler.options.abandon);
        let beats = Beats { store: Arc::clone(&store), name, id: scheduler.id, abandon };
        let heartbeat = Heartbeat::start(beats, at.clone())?;
        let (study, direction) = (scheduler.id, scheduler.options.direction());
        Ok((Arc::new(Self { store, study, direction, pruner, curves: Mutex::default(), out: at.out }), heartbeat))
    }
}

/// What is known of a trial while somebody else has it.
pub(super) struct Ticket {
    pub(super) number: u64,
    pub(super) attempt: u32,
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
}

impl Hand {
    pub(super) fn new(handed: Handed, link: Arc<Link>) -> Self {
        let Handed { number, attempt, task, .. } = handed;
        link.out.add(number, attempt);
        Self { number, attempt, task, link, curve: Mutex::default(), is_cancelled: Arc::default() }
    }

    /// What is known of the trial while somebody else has it.
    pub(super) fn ticket(&self) -> Ticket {
        Ticket { number: self.number, attempt: self.attempt, is_cancelled: Arc::clone(&self.is_cancelled) }
    }

    pub(super) fn told(&self, outcome: Outcome) -> Told {
        let last = self.curve().iter().next_back().map(|(step, value)| (*step, *value));
        Told { number: self.number, attempt: self.attempt, outcome, last }
    }

    fn report(&self, step: u64, value: f64) -> Result<(), StudyError> {
        let value = if value.is_nan() { -self.link.direction.sign() * f64::INFINITY } else { value };
        self.curve().insert(step, value);
        self.link.store.with(|ledger| Ok(ledger.add_value(self.link.study, self.number, step, value)?))
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
        self.link.out.remove(self.number, self.attempt);
    }
}

/// A trial that was handed out: a config to evaluate, and the way to say how that goes.
///
/// It dereferences to its config. One that is dropped without being told goes to another worker after a while.
#[must_use = "a trial that is dropped is handed out again after a while"]
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
