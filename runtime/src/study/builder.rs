//! How a study is set up.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::open::Opening;
use super::options::Options;
use super::pruner::Pruner;
use super::run_options::RunOptions;
use super::running::Running;
use super::scheduler::Stop;
use super::searching::Searching;
use super::store::{MemoryStore, Store};
use super::{Answer, Objectives, Study, StudyError, TransferSource};
use crate::agent::Agent;
use crate::policy::{AnyConfig, Tasks, Universe};
use crate::search::{
    Again, BayesianSearch, ByTrace, Confirming, Erased, LearningFrom, Searcher, Strategy, TellsApart, Unique, UniqueBy,
};
use crate::train::Direction;

/// A study before it is open: [`Study::open`], [`Study::in_memory`].
#[must_use = "a study does nothing until it is run or built"]
pub struct StudyBuilder<S> {
    setup: Setup,
    searcher: S,
}

/// All but the searcher.
struct Setup {
    store: Arc<dyn Store>,
    name: String,
    worker: Option<String>,
    options: Options,
    run_options: RunOptions,
    stop: Option<Stop>,
    pruner: Option<Arc<dyn Pruner>>,
    sources: Vec<TransferSource>,
    repeats: bool,
    /// When which configs are evaluated again.
    again: Again,
    task: Option<&'static str>,
    /// Below which the directories of trials are.
    folder: Option<PathBuf>,
}

/// What a study searches with: the default, or what was [chosen](StudyBuilder::searcher).
pub trait Choice<T: AnyConfig> {
    /// The searcher.
    type Searcher: Searcher<T>;

    /// The searcher, made.
    fn searcher(self) -> Self::Searcher;
}

/// Nothing was chosen: a study searches with a [`BayesianSearch`].
#[derive(Debug, Clone, Copy)]
pub struct ByDefault {
    seed: u64,
}

/// A search without repeats, by a key, around what was chosen.
type ChosenBy<S, T, K, F> = Chosen<UniqueBy<<S as Choice<T>>::Searcher, T, K, F>>;

/// The searcher that was chosen.
#[derive(Debug, Clone)]
pub struct Chosen<S>(S);

impl<T: AnyConfig> Choice<T> for ByDefault {
    type Searcher = BayesianSearch<T>;

    fn searcher(self) -> BayesianSearch<T> {
        BayesianSearch::new(self.seed)
    }
}

impl<T: AnyConfig, S: Searcher<T>> Choice<T> for Chosen<S> {
    type Searcher = S;

    fn searcher(self) -> S {
        self.0
    }
}

impl Study<(), ()> {
    /// A study that lasts as long as the process.
    pub fn in_memory() -> StudyBuilder<ByDefault> {
        Self::in_store(Arc::new(MemoryStore::new()))
    }

    /// A study in any store.
    pub fn in_store(store: Arc<dyn Store>) -> StudyBuilder<ByDefault> {
        let setup = Setup {
            store,
            name: "study".to_owned(),
            worker: None,
            options: Options::default(),
            run_options: RunOptions::default(),
            stop: None,
            pruner: None,
            sources: Vec::new(),
            repeats: false,
            again: Again::default(),
            task: None,
            folder: None,
        };
        StudyBuilder { setup, searcher: ByDefault { seed: 0 } }
    }
}

impl StudyBuilder<ByDefault> {
    /// Seeds the default search, [`BayesianSearch`]; 0 where it is not set. With the same seed, rewards and numbers of pending
    /// trials the study makes the same trials; for any number of workers see [`deterministic`](Self::deterministic).
    pub fn seed(mut self, seed: u64) -> Self {
        self.searcher.seed = seed;
        self
    }
}

impl<S> StudyBuilder<S> {
    /// The study's name in its store; `study` where it is not set. A name that is there is gone on with.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.setup.name = name.into();
        self
    }

    /// The agent that proposes and learns. Where the study is gone on with, the agent becomes what the study keeps of it, its
    /// settings included.
    pub fn agent<U: Universe>(self, agent: Agent<U>) -> StudyBuilder<Chosen<Agent<U>>> {
        self.searcher(agent)
    }

    /// Any searcher, in place of the default. To one of your own without [snapshots](Searcher::snapshot) all happens again where the study is gone on with:
    /// give it the same seed.
    pub fn searcher<R>(self, searcher: R) -> StudyBuilder<Chosen<R>> {
        self.change(|_| Chosen(searcher))
    }

    fn change<R>(self, change: impl FnOnce(S) -> R) -> StudyBuilder<R> {
        StudyBuilder { setup: self.setup, searcher: change(self.searcher) }
    }

    /// Whether a config may be proposed again, unless it failed; not where it is not set: then each is tried once, and a space of
    /// which all was tried ends the run ([`Ending::Exhausted`](super::Ending::Exhausted)). For noisy objectives.
    pub fn repeats(mut self, are_allowed: bool) -> Self {
        self.setup.repeats = are_allowed;
        self
    }

    /// Evaluates the config with the best mean reward again, up to `times` times, before anything new; a better one the same way
    /// then. Of noisy rewards the highest one is luck; [`Study::best_mean`] is the config that holds.
    pub fn repeats_of_best(mut self, times: u32) -> Self {
        self.setup.again.best = times;
        self.of_one_objective("repeats_of_best()", times > 0)
    }

    /// Notes something that a study of several objectives cannot do.
    fn of_one_objective(mut self, what: &'static str, is_asked: bool) -> Self {
        self.setup.options.of_one.retain(|known| *known != what);
        self.setup.options.of_one.extend(is_asked.then_some(what));
        self
    }

    /// Spends the last `finalists · times` trials of the study on its best configs: the `finalists` best are evaluated `times` times
    /// more each, in turn. Then [`Study::best`] is the one with the best mean of those, and the report shows their spread. Of noisy
    /// rewards the highest one is luck: of 300 trials, 50 spent on the ten best pay. It needs [`trials`](Self::trials); a study that
    /// is gone on with for more trials searches on, and confirms again in the end. Each repetition is a trial of its own.
    pub fn confirm(mut self, finalists: u32, times: u32) -> Self {
        (self.setup.again.finalists, self.setup.again.times) = (finalists, times);
        self.of_one_objective("confirm()", finalists > 0 && times > 0)
    }

    /// Has no config proposed whose key was tried before in the study; see [`Searcher::unique_by`]. Where no new one is found,
    /// that is the end of a run.
    pub fn unique_by<T, K, F>(self, key: F) -> StudyBuilder<ChosenBy<S, T, K, F>>
    where
        T: AnyConfig,
        S: Choice<T>,
        K: TellsApart,
        F: FnMut(&T) -> K,
    {
        self.change(|choice| Chosen(choice.searcher().unique_by(key)))
    }

    /// Makes smaller rewards better: losses, times, costs. Rewards and reports are recorded and shown as they are told. An agent that
    /// minimises makes a study that does. Where a study is gone on with, it must be said again, or nothing of it.
    pub fn minimize(mut self) -> Self {
        self.setup.options.direction = Some(Direction::Minimize);
        self.of_one_objective("minimize()", true)
    }

    /// Searches for several objectives at once, by the fields of a struct: the study's function returns such a struct, and
    /// [`Study::front`] are the configs of which no other one is better in all of them. Where a study is gone on with, the same must be
    /// said again, or nothing of it.
    pub fn objectives<O: Objectives>(mut self) -> Self {
        self.setup.options.objectives = Some(O::OBJECTIVES.to_vec());
        self
    }

    /// Proposes configs for one task only, of those that an agent serves. Other processes may search the same study for others.
    pub fn on(mut self, task: impl Tasks) -> Self {
        self.setup.task = Some(task.name());
        self
    }

    /// How many trials [`Study::run`] evaluates at once, each on a thread of its own; 1 where it is not set. With 0 this process
    /// evaluates none and [leads](Study::lead) only: workers elsewhere do.
    pub fn workers(mut self, workers: usize) -> Self {
        self.setup.run_options.workers = workers;
        self
    }

    /// How many trials the study has in all, those of earlier runs and other processes and those that fail included; no end
    /// where it is not set.
    pub fn trials(mut self, trials: u64) -> Self {
        self.setup.options.trials = Some(trials);
        self
    }

    /// How often a trial that failed is tried again; never where it is not set.
    pub fn retries(mut self, retries: u32) -> Self {
        self.setup.options.retries = retries;
        self
    }

    /// How many trials may fail for good before [`Study::run`] ends with [`StudyError::TooManyFailures`]; any number where it
    /// is not set. Failures before this run do not count.
    pub fn max_failures(mut self, failures: u64) -> Self {
        self.setup.run_options.max_failures = Some(failures);
        self
    }

    /// How long [`Study::run`] waits for a trial before that has failed. Its thread cannot be ended: it goes on until the
    /// objective returns (see [`Running::is_cancelled`]), and another thread takes its place.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.setup.run_options.timeout = Some(timeout);
        self
    }

    /// How long [`Study::run`] starts trials; those that run then are finished.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.setup.run_options.deadline = Some(deadline);
        self
    }

    /// Starts no further trials once the best reward is good enough; those that run then are finished.
    pub fn stop_when(mut self, is_enough: impl Fn(f64) -> bool + Send + Sync + 'static) -> Self {
        self.setup.stop = Some(Arc::new(is_enough));
        self
    }

    /// Whether [`Study::run`] takes Ctrl-C as a wish to finish the trials that run and return; a second one ends the process.
    /// True where it is not set.
    pub fn ctrl_c(mut self, is_heard: bool) -> Self {
        self.setup.run_options.hears_ctrl_c = is_heard;
        self
    }

    /// No bar on the terminal and nothing else on standard error: neither a line for each trial that ended, where that is no terminal,
    /// nor the first failure.
    pub fn quiet(mut self) -> Self {
        self.setup.run_options.is_quiet = true;
        self
    }

    /// Makes the results independent of the number of workers and of how long each trial takes: with the same seeds and the same
    /// rewards the same trials and, to the bit, the same agent. At most 8 trials are pending, see
    /// [`deterministic_within`](Self::deterministic_within).
    pub fn deterministic(self) -> Self {
        self.deterministic_within(NonZeroU64::new(8).unwrap_or(NonZeroU64::MIN))
    }

    /// As [`deterministic`](Self::deterministic): the searcher is told of trials by number, and proposes trial `n` when it knows
    /// exactly the outcomes of the trials up to `n − pending`. The price is waiting: while one trial takes long, at most
    /// `pending − 1` later ones are evaluated. More than `pending` workers are of no use.
    pub fn deterministic_within(mut self, pending: NonZeroU64) -> Self {
        self.setup.options.pending = Some(pending.get());
        self
    }

    /// What gives up trials that do not promise much, by what they [report](Running::report); a `Box<dyn Pruner>` and an
    /// `Option` of a pruner are pruners, too.
    pub fn pruner(mut self, pruner: impl Pruner + 'static) -> Self {
        self.setup.options.pruner = pruner.rule();
        self.setup.pruner = Some(Arc::new(pruner));
        self
    }

    /// Begins, where this study is made, with what others learned: studies in files and databases, other studies of the same store,
    /// checkpoints; of other types, spaces and tasks, all by names. Rewards are compared within their own study, space and task only, so
    /// scales and directions may differ.
    ///
    /// The best configs of theirs are tried first ([`starts`](Self::starts)), their trials are data of the default search's model, and an
    /// agent takes over the first policy of its kind. Within 20 trials what misleads is noticed and dropped. What came along is
    /// [`Study::transfer`], and in the report. `docs/transfer.md` tells when that pays.
    pub fn learn_from<I>(mut self, sources: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<TransferSource>,
    {
        self.setup.sources.extend(sources.into_iter().map(Into::into));
        let learns = !self.setup.sources.is_empty();
        self.of_one_objective("learn_from()", learns)
    }

    /// As [`learn_from`](Self::learn_from), with one study in a store.
    pub fn warm_start(self, store: Arc<dyn Store>, study: impl Into<String>) -> Self {
        self.learn_from([TransferSource::in_store(store, study)])
    }

    /// How many of the best configs elsewhere are tried first after [`learn_from`](Self::learn_from) or [`adapt`](Self::adapt). Where it is
    /// not set, that is 10; after `learn_from` 3 where something can be decided here that was not known there, and fewer where they do worse
    /// than others. What they leave open is decided by an agent, and otherwise at random.
    pub fn starts(mut self, configs: usize) -> Self {
        self.setup.options.starts = Some(configs);
        self
    }

    /// How long what the store cannot do for the moment is tried again, while outcomes wait: another program holds the file, the disk is
    /// full, the network is down. As long as a worker may give no heartbeat ([`abandon_after`](Self::abandon_after)) where it is not
    /// set. After that a run ends with an error, and what could not be written down is in a file beside the store, which the next one
    /// takes in.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.setup.options.patience = Some(patience);
        self
    }

    /// Where the type has changed since the study was last open, goes on by names, as [`Agent::transfer`] does. Without this,
    /// that is [`StudyError::OtherSpace`]; a change that `alias` says to be one of names only is none.
    pub fn adapt(mut self) -> Self {
        self.setup.options.adapt = true;
        self
    }

    /// Below which the [directories of trials](Running::dir) are: that of trial 7 of the study `cnn` is `cnn/7` there. Beside the store
    /// where it is not set, `runs.db.trials`; for a database in the current directory, and for a study in memory in a temporary one.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.setup.folder = Some(folder.into());
        self
    }

    /// The study must not be there yet.
    pub fn new_only(mut self) -> Self {
        self.setup.options.new_only = true;
        self
    }

    /// After how many trials the searcher is written down, in the transaction of the last of them; 50 where it is not set.
    pub fn checkpoint_every(mut self, trials: u32) -> Self {
        self.setup.options.snapshot_every = trials.max(1);
        self
    }

    /// How long a worker may give no heartbeat before its trials go to others; a third of it is how long the searcher waits
    /// for its holder. 30 seconds where it is not set. Heartbeats come from a thread, so a long objective does no harm.
    pub fn abandon_after(mut self, patience: Duration) -> Self {
        self.setup.options.abandon = patience;
        self
    }

    /// What this process is called in the store; it is made unique in any case.
    pub fn worker_name(mut self, name: impl Into<String>) -> Self {
        self.setup.worker = Some(name.into());
        self
    }

    /// Opens the study for configs of `T`, to be [run](Study::run), or [asked](Study::ask) and [told](Study::tell).
    pub fn build<T: AnyConfig>(self) -> Result<Study<T, S::Searcher>, StudyError>
    where
        S: Choice<T>,
    {
        let Setup { store, name, worker, options, run_options, stop, pruner, sources, repeats, again, task, folder } =
            self.setup;
        let searcher = self.searcher.searcher();
        let worker = super::worker::unique(worker.as_deref());
        let context = searcher.context();
        let proposed = task.map_or_else(|| Ok(context.clone()), |task| context.clone().on(task))?;
        let mut options = Options { confirmations: again.trials(), ..options };
        options.take_objectives()?;
        if context.direction() == Direction::Minimize {
            options.direction.get_or_insert(Direction::Minimize);
        }
        let opening = Opening { store, name, worker, options, stop, sources };
        let unique = Unique::new(LearningFrom::new(Erased::new(searcher)), ByTrace).with_repeats(repeats);
        let mut strategy = Confirming::new(unique, again);
        if let Some(direction) = opening.options.direction {
            strategy.towards(direction);
        }
        Study::of(opening, Searching::new(strategy, context, proposed)?, run_options, (pruner, folder))
    }

    /// Opens the study and [runs](Study::run) it.
    pub fn run<T, R>(
        self,
        objective: impl Fn(&T) -> R + Send + Sync + 'static,
    ) -> Result<Study<T, S::Searcher>, StudyError>
    where
        T: AnyConfig + Send + 'static,
        S: Choice<T>,
        R: Answer,
    {
        let mut study = self.build()?;
        study.run(objective)?;
        Ok(study)
    }

    /// Opens the study and [runs](Study::run_trials) it with an objective that reports as it goes.
    pub fn run_trials<T, R>(
        self,
        objective: impl Fn(&Running<T>) -> R + Send + Sync + 'static,
    ) -> Result<Study<T, S::Searcher>, StudyError>
    where
        T: AnyConfig + Send + 'static,
        S: Choice<T>,
        R: Answer,
    {
        let mut study = self.build()?;
        study.run_trials(objective)?;
        Ok(study)
    }
}
