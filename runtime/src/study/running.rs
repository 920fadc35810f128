//! A trial that was handed out, with its config.

use std::fmt;
use std::ops::{Deref, RangeBounds};
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use serde::Serialize;

use super::StudyError;
use super::hand::Hand;
use super::store::Constraint;

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
    /// [`Outcome::Pruned`](super::Outcome::Pruned) then.
    pub fn should_prune(&self) -> Result<bool, StudyError> {
        self.hand.should_prune()
    }

    /// Which of the workers of this process has the trial, from 0: no other trial of the process that runs now has the same, so that it
    /// can stand for a device. 0 in a loop of your own.
    pub fn slot(&self) -> usize {
        self.hand.slot
    }

    /// A directory of the trial's own, which is made where it is not there. It is the same for all attempts of the trial, so that one
    /// that was preempted goes on from what an earlier one left. See [`folder`](super::StudyBuilder::folder).
    pub fn dir(&self) -> Result<PathBuf, StudyError> {
        self.hand.dir()
    }

    /// Keeps something that a person or another program should know of the trial, by a key: how long it took, how large a model was.
    /// It is saved with this attempt, exported and shown; of the same key the latest value counts.
    pub fn note(&self, key: &str, value: impl Serialize) -> Result<(), StudyError> {
        let value = serde_json::to_string(&value)
            .map_err(|error| StudyError::Note { key: key.to_owned(), reason: error.to_string() })?;
        self.hand.note(key, value)
    }

    /// Says that something must be within limits: a latency, the memory that a model takes. A trial beyond one is never the best, and the
    /// searcher learns by how much it is beyond. Of the same name the latest value counts. Ends of a range are within
    /// it, `..10.0` as `..=10.0`. It is written down as the trial ends, but for one that exceeds its `timeout`.
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    /// use transfer_nas::study::{Running, Study, StudyError};
    ///
    /// #[search_space]
    /// struct Config { #[space(range = 1..=100)] width: u32 }
    ///
    /// fn train(trial: &Running<Config>) -> Result<f64, StudyError> {
    ///     trial.constraint("latency_ms", 0.2 * f64::from(trial.width), ..=10.0)?;
    ///     Ok(f64::from(trial.width))
    /// }
    ///
    /// let study = Study::in_memory().trials(60).quiet().run_trials(train)?;
    /// assert!(study.best()?.unwrap().config.width <= 50);
    /// # Ok::<(), StudyError>(())
    /// ```
    pub fn constraint(&self, name: &str, value: f64, limits: impl RangeBounds<f64>) -> Result<(), StudyError> {
        self.hand.constrain(Constraint::new(name, value, &limits))
    }

    /// Has the study's run in this process start no further trials; those that run are finished. It ends as
    /// [`Ending::Stopped`](super::Ending::Stopped).
    pub fn stop_study(&self) {
        self.hand.link.is_stopped.store(true, Ordering::Relaxed);
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
