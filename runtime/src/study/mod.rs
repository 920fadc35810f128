//! Studies: many trials of one space, in parallel, recorded, resumed, shown.
//!
//! A [`Study`] keeps a [`Searcher`] busy with an objective: it hands out trials to
//! threads and processes, writes every outcome down, and goes on after whatever ended it. `docs/study.md` tells how.

mod adapt;
mod answer;
mod builder;
mod curves;
mod demand;
mod differences;
mod earlier;
mod erased;
mod error;
mod evaluate;
mod exchange;
mod export;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod file;
mod finalists;
mod folders;
mod front;
mod hand;
mod handed;
mod heartbeat;
mod idle;
mod interrupt;
mod leader;
mod leading;
mod means;
mod observer;
mod open;
mod options;
mod outcome;
#[cfg(feature = "progress")]
mod pace;
mod pairs;
mod patience;
mod pool;
mod preview;
mod process;
#[cfg(unix)]
mod program;
mod progress;
mod protocol;
mod pruner;
mod queue;
mod reader;
mod records;
#[cfg(feature = "serve")]
mod remote;
mod replay;
mod reports;
mod rescue;
mod rows;
mod run;
mod run_options;
mod running;
mod scheduler;
mod searching;
#[cfg(feature = "serve")]
mod serve;
mod sources;
mod store;
mod story;
mod study_view;
mod summary;
mod tell_error;
#[cfg(test)]
mod tests;
mod told;
mod vigil;
mod warnings;
mod watch;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;

pub use answer::Answer;
pub use builder::{ByDefault, Choice, Chosen, StudyBuilder};
pub use error::StudyError;
pub use finalists::Finalist;
pub use front::FrontTrial;
pub use outcome::Outcome;
pub use pairs::PairBest;
#[cfg(unix)]
pub use program::{Program, Worker, WorkerSummary};
pub use pruner::{Curve, MedianPruner, Pruner, PrunerRule, SuccessiveHalving};
pub use rows::TrialRow;
pub use running::Running;
#[cfg(feature = "serve")]
pub use serve::{Server, Serving};
pub use sources::TransferSource;
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
#[cfg(feature = "sqlite")]
pub use store::SqliteStore;
pub use store::location;
pub use store::{
    Access, AttemptEnd, AttemptRecord, Constraint, Counts, Durability, Lease, Ledger, Measured, MemoryStore, Millis,
    NoteRecord, Phase, RunningRecord, Snapshot, SpaceRecord, StateRecord, Store, StoreError, StudyRecord, TrialRecord,
    ValueRecord, Work, WorkerRecord,
};
#[allow(deprecated)] // It is called so for one release still.
pub use study_view::StoredStudy;
pub use study_view::StudyView;
pub use summary::{Ending, Summary};
pub use tell_error::TellError;

pub use crate::train::{Direction, Objective, Objectives, hypervolume, pareto_front};

use crate::agent::{Best, TransferReport};
use crate::checkpoint::Checkpoint;
use crate::policy::AnyConfig;
use crate::search::{Confirming, Erased, LearningFrom, Searcher, Unique};
use crate::space::Space;
use evaluate::Listener;
use hand::Link;
use heartbeat::Heartbeat;
use open::Opening;
use run_options::RunOptions;
use scheduler::Scheduler;
use searching::Searching;

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
    scheduler: Scheduler,
    searching: Searching<StudyStrategy<S, T>>,
    run_options: RunOptions,
    link: Arc<Link>,
    changes: Vec<String>,
    summary: Option<Summary>,
    /// What is called with each trial that ended.
    listeners: Vec<Listener<T>>,
    /// As long as the study lives.
    #[cfg_attr(not(test), allow(dead_code))]
    heartbeat: Heartbeat,
}

/// A searcher with what a study puts around it.
type StudyStrategy<S, T> = Confirming<Unique<LearningFrom<Erased<S, T>>>>;

impl<T: AnyConfig, S: Searcher<T>> Study<T, S> {
    fn of(
        opening: Opening,
        mut searching: Searching<StudyStrategy<S, T>>,
        run_options: RunOptions,
        (pruner, folder): (Option<Arc<dyn Pruner>>, Option<PathBuf>),
    ) -> Result<Self, StudyError> {
        let space = Space::at(T::ROOT.node);
        let store = Arc::clone(&opening.store);
        let (scheduler, changes) = opening.open(&mut searching, space, std::any::type_name::<T>())?;
        let (link, heartbeat) = Link::of(&scheduler, store, pruner, folder)?;
        let (summary, listeners) = (None, Vec::new());
        Ok(Self { scheduler, searching, run_options, link, changes, summary, listeners, heartbeat })
    }

    /// The next trial to evaluate: one that waits for a worker, one that another worker left, or a proposal of the searcher. None
    /// where the study has all its trials, or is at its end for another reason.
    ///
    /// Where another process leads, this waits for a proposal. A deterministic study that waits for a trial
    /// which is out gives [`StudyError::Waits`].
    pub fn ask(&mut self) -> Result<Option<Running<T>>, StudyError> {
        let handed = self.scheduler.next_trial(&mut self.searching)?;
        Ok(handed.and_then(|handed| evaluate::running(handed, &self.link)))
    }

    /// Writes the outcome of a trial down: a reward, the values of several objectives, a `Result` of these, or an [`Outcome`]. On an error
    /// the trial is given back with it, so that it can be told again: the same outcome told twice is the same as told once.
    #[allow(clippy::result_large_err)] // What is large in it is the trial, which is given back.
    pub fn tell<R: Answer>(&mut self, trial: Running<T>, outcome: R) -> Result<(), TellError<T>> {
        if let Err(error) = self.scheduler.protocol.must_have(R::OBJECTIVES) {
            return Err(TellError { trial, error });
        }
        if !trial.hand.is_of(&self.link) {
            let (number, study) = (trial.number(), self.scheduler.protocol.study.clone());
            return Err(TellError { trial, error: StudyError::NotHandedOut { number, study } });
        }
        let told = trial.hand.told(outcome.outcome());
        match self.scheduler.settle_one(&self.searching, &told) {
            Ok(()) => Ok(()),
            Err(error) => {
                trial.hand.not_told();
                Err(TellError { trial, error })
            }
        }
    }

    /// Has a config evaluated before anything that the searcher proposes; gives its trial's number. The config must be one of
    /// the space. Where it is judged on several tasks, it is for the first of those that the study searches.
    #[allow(clippy::needless_pass_by_value)] // The config is on its way to a worker.
    pub fn enqueue(&mut self, config: T) -> Result<u64, StudyError> {
        self.queue(&config, false)
    }

    /// As [`enqueue`](Self::enqueue), but once: a config that was enqueued before is not enqueued again, so that a program that is
    /// started again may say the same again. Gives the number of the trial that has it.
    #[allow(clippy::needless_pass_by_value)] // The config is on its way to a worker.
    pub fn enqueue_once(&mut self, config: T) -> Result<u64, StudyError> {
        self.queue(&config, true)
    }

    fn queue(&mut self, config: &T, only_once: bool) -> Result<u64, StudyError> {
        let proposal = self.searching.proposed.given(config)?;
        self.scheduler.enqueue(&self.searching.context, &proposal, only_once)
    }

    /// Lets the searcher learn from all that has ended, writes it down, and leaves it to other processes. [`run`](Self::run) does
    /// it at its end.
    pub fn leave(&mut self) -> Result<(), StudyError> {
        self.scheduler.leave(&mut self.searching)
    }

    /// The config of the best trial by the study's direction, the earliest of equals. Where the best were evaluated again in the end
    /// ([`confirm`](StudyBuilder::confirm)), the one with the best mean of those, and that mean.
    pub fn best(&self) -> Result<Option<Best<T>>, StudyError> {
        let mean = self.finalists()?.first().map(|best| best.mean);
        Ok(self.best_trial()?.and_then(|row| Some(Best { config: row.config?, reward: mean.or(row.reward)? })))
    }

    /// The configs that were evaluated again in the end, best first; see [`StudyView::finalists`].
    pub fn finalists(&self) -> Result<Vec<Finalist>, StudyError> {
        Ok(self.view()?.finalists())
    }

    /// The best trial by the study's direction, the earliest of equals; of what was confirmed as the best, the first.
    pub fn best_trial(&self) -> Result<Option<TrialRow<T>>, StudyError> {
        Ok(self.scheduler.best()?.map(|record| TrialRow::new(&self.scheduler.reader, record)))
    }

    /// The [directory](Running::dir) of a trial, for what the best one left: its network, its logs. None where no attempt of it asked for one
    /// here, or somebody has removed it.
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    /// use transfer_nas::study::{Running, Study, StudyError};
    ///
    /// #[search_space]
    /// struct Config {
    ///     #[space(range = 1..=4)]
    ///     layers: u8,
    /// }
    ///
    /// let mut study = Study::in_memory().trials(4).build::<Config>()?;
    /// study.run_trials(|trial: &Running<Config>| -> Result<f64, StudyError> {
    ///     std::fs::write(trial.dir()?.join("layers"), trial.layers.to_string()).unwrap();
    ///     Ok(trial.layers.into())
    /// })?;
    /// let best = study.best_trial()?.expect("a trial was done");
    /// let left = study.dir_of(best.number).expect("it wrote something");
    /// assert_eq!(std::fs::read_to_string(left.join("layers")).unwrap(), "4");
    /// # Ok::<(), StudyError>(())
    /// ```
    pub fn dir_of(&self, trial: u64) -> Option<PathBuf> {
        self.link.folders.find(trial)
    }

    /// What the searcher took over when the study was made from another one, or went on with a changed type; none where there was
    /// no such thing.
    pub fn transfer(&self) -> Result<Option<TransferReport>, StudyError> {
        self.scheduler.transfer()
    }

    /// All trials by number.
    pub fn trials(&self) -> Result<Vec<TrialRow<T>>, StudyError> {
        Ok(self.scheduler.trials()?.into_iter().map(|record| TrialRow::new(&self.scheduler.reader, record)).collect())
    }

    /// The config with the best mean reward over all its trials, the earliest of equals, and how many these are: what counts where
    /// rewards are noisy, see [`repeats_of_best`](StudyBuilder::repeats_of_best).
    pub fn best_mean(&self) -> Result<Option<(Best<T>, usize)>, StudyError> {
        let best = means::best(self.trials()?, self.scheduler.options.direction());
        Ok(best.and_then(|mean| Some((Best { config: mean.config?, reward: mean.reward }, mean.trials))))
    }

    /// For each space and task that has trials: how many are done, and which was best, in the order in which they first came up.
    pub fn best_by_pair(&self) -> Result<Vec<PairBest>, StudyError> {
        Ok(self.view()?.best_by_pair())
    }

    /// The searcher as far as the study has come.
    pub fn searcher(&mut self) -> Result<&S, StudyError> {
        self.scheduler.catch_up(&mut self.searching)?;
        Ok(self.searching.strategy.strategy().strategy().strategy().searcher())
    }

    /// The study's name.
    pub fn name(&self) -> &str {
        &self.scheduler.protocol.study
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
        self.scheduler.checkpoint()
    }
}
