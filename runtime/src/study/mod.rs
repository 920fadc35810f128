//! Studies: many trials of one space, in parallel, stored, resumed, seen.
//!
//! A [`Study`] keeps a [`Searcher`] busy with an objective: it hands out trials to
//! threads and processes, writes every outcome down, and goes on after whatever ended it. `docs/study.md` tells how.

mod builder;
mod curves;
mod desk;
mod differences;
mod error;
mod evaluate;
mod export;
#[cfg(feature = "sqlite")]
mod file;
mod handing;
mod heartbeat;
mod holding;
mod interrupt;
mod lead;
mod look;
mod open;
mod outcome;
mod pairs;
mod pool;
mod pruner;
mod queue;
mod reader;
mod rows;
mod rules;
mod run;
mod running;
mod seen;
mod store;
mod stored;
#[cfg(test)]
mod tests;
mod typed;
mod untyped;
mod warnings;
mod watch;
mod worker;

use std::marker::PhantomData;
use std::sync::Arc;

pub use builder::StudyBuilder;
pub use curves::Curve;
pub use error::StudyError;
pub use outcome::Outcome;
pub use pairs::PairBest;
pub use pruner::{MedianPruner, Pruner, SuccessiveHalving};
pub use rows::TrialRow;
pub use run::{Ending, Summary};
pub use running::Running;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
pub use store::{
    Durability, Lease, Ledger, MemoryStore, Millis, Phase, Snapshot, SpaceRecord, StateRecord, Store, StoreError,
    StudyRecord, TrialRecord, ValueRecord, Work,
};
pub use stored::StoredStudy;

pub use crate::train::Direction;

use crate::agent::{Best, TransferReport};
use crate::checkpoint::Checkpoint;
use crate::search::Searcher;
use crate::space::SearchSpace;
use desk::Desk;
use heartbeat::Heartbeat;
use open::Opening;
use run::Manner;
use running::Link;
use typed::{Kept, Typed};

/// Many trials of one space, each handed out once, written down, and learned from.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::study::Study;
///
/// #[search_space]
/// #[derive(Debug)]
/// struct Config {
///     #[space(range = 1..=8)]
///     layers: u32,
///     residual: bool,
/// }
///
/// let agent = Agent::<Config>::builder().seed(7).build()?;
/// let study = Study::in_memory().agent(agent).workers(4).trials(60).run(|config: &Config| {
///     if config.layers == 8 { Err("out of memory") } else { Ok(f64::from(config.layers)) }
/// })?;
/// assert_eq!(study.best()?.unwrap().config.layers, 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Who owns the loop asks and tells:
///
/// ```
/// # use transfer_nas::prelude::*;
/// # use transfer_nas::study::Study;
/// # #[search_space]
/// # struct Config { #[space(range = 1..=8)] layers: u32 }
/// # let agent = Agent::<Config>::builder().seed(7).build()?;
/// let mut study = Study::in_memory().agent(agent).trials(20).build::<Config>()?;
/// while let Some(trial) = study.ask()? {
///     let reward = f64::from(trial.layers);
///     study.tell(trial, reward)?;
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Study<T, S> {
    desk: Desk,
    kept: Kept<S>,
    manner: Manner,
    link: Arc<Link>,
    changes: Vec<String>,
    summary: Option<Summary>,
    _heartbeat: Heartbeat,
    config: PhantomData<fn() -> T>,
}

impl<T: SearchSpace, S: Searcher<T> + Clone> Study<T, S> {
    fn of(opening: Opening, searcher: S, manner: Manner, pruner: Option<Arc<dyn Pruner>>) -> Result<Self, StudyError> {
        let mut kept = Kept::new(searcher);
        let mut typed = Typed::<T, S>::new(&mut kept);
        let (desk, changes) = opening.open(&mut typed, T::space(), std::any::type_name::<T>())?;
        let (link, heartbeat) = Link::of(&desk, pruner)?;
        Ok(Self { desk, kept, manner, link, changes, summary: None, _heartbeat: heartbeat, config: PhantomData })
    }

    /// The next trial to evaluate: one that waits for a worker, one that another worker left, or a proposal of the searcher. None
    /// where the study has all its trials, or is at its end for another reason.
    ///
    /// Where another process holds the searcher, this waits for a proposal. A deterministic study that waits for a trial
    /// which is out gives [`StudyError::Waits`].
    pub fn ask(&mut self) -> Result<Option<Running<T>>, StudyError> {
        let mut searcher = Typed::new(&mut self.kept);
        let handed = self.desk.next_trial(&mut searcher)?;
        Ok(searcher.running(handed.into_iter().collect(), &self.link).pop())
    }

    /// Writes the outcome of a trial down: a reward, a `Result` of one, or an [`Outcome`].
    #[allow(clippy::needless_pass_by_value)] // The trial is consumed so that it cannot be told twice.
    pub fn tell(&mut self, trial: Running<T>, outcome: impl Into<Outcome>) -> Result<(), StudyError> {
        let told = trial.hand.told(outcome.into());
        self.desk.settle_one(&mut Typed::<T, S>::new(&mut self.kept), told)
    }

    /// Has a config evaluated before anything that the searcher proposes; gives its trial's number. The config must be one of
    /// the space.
    pub fn enqueue(&mut self, config: T) -> Result<u64, StudyError> {
        self.queue(config, false)
    }

    /// As [`enqueue`](Self::enqueue), but once: a config that was enqueued before is not enqueued again, so that a program that is
    /// started again may say the same again. Gives the number of the trial that has it.
    pub fn enqueue_once(&mut self, config: T) -> Result<u64, StudyError> {
        self.queue(config, true)
    }

    fn queue(&mut self, config: T, only_once: bool) -> Result<u64, StudyError> {
        let (_, trial) = self.kept.pristine.trial(config)?.split();
        self.desk.enqueue(&trial, only_once)
    }

    /// Lets the searcher learn from all that has ended, writes it down, and leaves it to other processes. [`run`](Self::run) does
    /// it at its end.
    pub fn leave(&mut self) -> Result<(), StudyError> {
        self.desk.leave(&mut Typed::<T, S>::new(&mut self.kept))
    }

    /// The config of the best trial by the study's direction, the earliest of equals.
    pub fn best(&self) -> Result<Option<Best<T>>, StudyError> {
        Ok(self.best_trial()?.and_then(|row| Some(Best { config: row.config?, reward: row.reward? })))
    }

    /// The best trial by the study's direction, the earliest of equals.
    pub fn best_trial(&self) -> Result<Option<TrialRow<T>>, StudyError> {
        Ok(self.desk.best()?.map(|record| TrialRow::new(&self.desk.reader, record)))
    }

    /// What the searcher took over when the study was made from another one, or went on with a changed type; none where there was
    /// no such thing.
    pub fn transfer(&self) -> Result<Option<TransferReport>, StudyError> {
        self.desk.transfer()
    }

    /// All trials by number.
    pub fn trials(&self) -> Result<Vec<TrialRow<T>>, StudyError> {
        Ok(self.desk.trials()?.into_iter().map(|record| TrialRow::new(&self.desk.reader, record)).collect())
    }

    /// The searcher as far as the study has come.
    pub fn searcher(&mut self) -> Result<&S, StudyError> {
        self.desk.catch_up(&mut Typed::<T, S>::new(&mut self.kept))?;
        Ok(self.kept.current())
    }

    /// The study's name.
    pub fn name(&self) -> &str {
        &self.desk.study
    }

    /// What changed of the type since the study was last open.
    pub fn changes(&self) -> &[String] {
        &self.changes
    }

    /// What the last run left; none before the first one.
    pub fn summary(&self) -> Option<&Summary> {
        self.summary.as_ref()
    }

    /// The checkpoint that the store has of the study's agent; none of a searcher without snapshots.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, StudyError> {
        self.desk.checkpoint()
    }
}

fn missing_space(study: &StudyRecord) -> StoreError {
    StoreError::Damaged { what: format!("the space of the study `{}` is missing", study.name) }
}
