//! The loop that keeps the workers busy.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::evaluate::{Evaluate, Evaluator, Objective};
use super::exchange::Exchange;
use super::hand::Link;
use super::idle::Pause;
use super::interrupt::Interrupt;
use super::pool::Pool;
use super::protocol::{Protocol, Settled};
use super::run_options::RunOptions;
use super::running::Running;
use super::scheduler::{End, Scheduler};
use super::store::StudyRecord;
use super::summary::{Ending, Summary};
use super::told::Told;
use super::watch::Watch;
use super::{Answer, Outcome, Study, StudyError, TrialRow};
use crate::policy::AnyConfig;
use crate::search::Searcher;

/// How long the loop waits at most before it goes on: for the sake of the lease, of the deadline and of Ctrl-C.
const LONG: Duration = Duration::from_millis(100);

impl<T: AnyConfig + Send + 'static, S: Searcher<T>> Study<T, S> {
    /// Evaluates trials on several threads until the study has all of them, or something else ends it. The searcher learns from
    /// each as it ends.
    ///
    /// The objective gives a reward, which is maximised ([`minimize`](super::StudyBuilder::minimize)), in a study of
    /// [several objectives](super::StudyBuilder::objectives) a value of each, or an error of any type with a text; a panic is an error, too.
    /// Where the study fails, trials that run are given up: they are handed out again when the study is gone on with.
    pub fn run<R: Answer>(
        &mut self,
        objective: impl Fn(&T) -> R + Send + Sync + 'static,
    ) -> Result<Summary, StudyError> {
        self.run_trials(move |running: &Running<T>| objective(running.config()))
    }

    /// As [`run`](Self::run), with an objective that [reports](Running::report) as it goes, and can give
    /// [`Outcome::Pruned`].
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    /// use transfer_nas::study::{MedianPruner, Outcome, Running, Study, StudyError};
    ///
    /// #[search_space]
    /// struct Config { #[space(range = 1..=100)] width: u32 }
    ///
    /// fn train(trial: &Running<Config>) -> Result<Outcome, StudyError> {
    ///     for epoch in 1..=10 {
    ///         trial.report(epoch, f64::from(trial.width) * epoch as f64)?;
    ///         if trial.should_prune()? {
    ///             return Ok(Outcome::Pruned);
    ///         }
    ///     }
    ///     Ok(Outcome::Reward(f64::from(trial.width) * 10.0))
    /// }
    ///
    /// let agent = Agent::<Config>::builder().seed(7).build()?;
    /// let study = Study::in_memory().agent(agent).pruner(MedianPruner::new()).trials(40).run_trials(train)?;
    /// let summary = study.summary().unwrap();
    /// assert!(summary.pruned > 0 && summary.done + summary.pruned == 40);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn run_trials<R: Answer>(
        &mut self,
        objective: impl Fn(&Running<T>) -> R + Send + Sync + 'static,
    ) -> Result<Summary, StudyError> {
        self.scheduler.protocol.must_have(R::OBJECTIVES)?;
        let objective = Arc::new(move |running: &Running<T>| objective(running).outcome());
        self.run_with(&self.run_options.clone(), objective)
    }

    /// Lets the searcher learn and propose for workers elsewhere until the study has all its trials, or something else ends it, and
    /// evaluates nothing itself: other processes do that, and [programs](Self::run_command) by `transfer-nas worker`.
    pub fn lead(&mut self) -> Result<Summary, StudyError> {
        let objective = Arc::new(|_: &Running<T>| Outcome::Cancelled);
        self.run_with(&RunOptions { workers: 0, ..self.run_options.clone() }, objective)
    }

    /// Calls something with each trial that this process evaluated and that has ended, in the thread that runs the study.
    ///
    /// ```
    /// # use transfer_nas::prelude::*;
    /// # use transfer_nas::study::Study;
    /// # #[search_space]
    /// # struct Config { #[space(range = 1..=8)] layers: u32 }
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// static ENDED: AtomicUsize = AtomicUsize::new(0);
    /// let mut study = Study::in_memory().trials(5).build::<Config>()?;
    /// study.on_trial(|trial| {
    ///     assert_eq!(trial.reward, Some(f64::from(trial.config.as_ref().unwrap().layers)));
    ///     ENDED.fetch_add(1, Ordering::Relaxed);
    /// });
    /// study.run(|config: &Config| f64::from(config.layers))?;
    /// assert_eq!(ENDED.load(Ordering::Relaxed), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_trial(&mut self, listener: impl FnMut(&TrialRow<T>) + Send + 'static) {
        self.listeners.push(Box::new(listener));
    }

    pub(super) fn run_with(&mut self, options: &RunOptions, objective: Objective<T>) -> Result<Summary, StudyError> {
        self.link.is_stopped.store(false, Ordering::Relaxed);
        let mut evaluator = Evaluator {
            searching: &mut self.searching,
            objective,
            link: Arc::clone(&self.link),
            reader: self.scheduler.reader.clone(),
            listeners: &mut self.listeners,
        };
        let run = Run::new(&mut self.scheduler, options, &mut evaluator, &self.link)?;
        let summary = run.until_its_end()?;
        if self.scheduler.store.is_shared() {
            self.write_insight(|_| None)?;
        }
        self.summary = Some(summary.clone());
        Ok(summary)
    }
}

struct Run<'a> {
    scheduler: &'a mut Scheduler,
    options: &'a RunOptions,
    evaluator: &'a mut dyn Evaluate,
    link: &'a Link,
    pool: Pool,
    interrupt: Option<Interrupt>,
    watch: Watch,
    begin: Instant,
    /// How many trials of the study had failed before.
    failed: Option<u64>,
}

impl<'a> Run<'a> {
    fn new(
        scheduler: &'a mut Scheduler,
        options: &'a RunOptions,
        evaluator: &'a mut dyn Evaluate,
        link: &'a Link,
    ) -> Result<Self, StudyError> {
        let pool = Pool::new(options.workers, options.timeout, link.out.clone())?;
        let listen = if options.hands_back { Interrupt::listen_twice } else { Interrupt::listen };
        let interrupt = options.hears_ctrl_c.then(listen).flatten();
        let watch = Watch::new(&scheduler.protocol.study, scheduler.options.trials, options.is_quiet);
        scheduler.end = scheduler.end.filter(|end| *end == End::Stopped);
        Ok(Self { scheduler, options, evaluator, link, pool, interrupt, watch, begin: Instant::now(), failed: None })
    }

    fn until_its_end(mut self) -> Result<Summary, StudyError> {
        let done = self.go_on();
        if done.is_err() {
            // What has been evaluated meanwhile is not lost.
            let told = self.pool.collect(Duration::ZERO);
            self.scheduler.outbox.extend(told);
            self.scheduler.rescue();
        }
        done
    }

    fn go_on(&mut self) -> Result<Summary, StudyError> {
        self.scheduler.note_beginning()?;
        let (mut pause, mut last) = (Pause::within(self.scheduler.lease()), (0, 0, 0));
        loop {
            let ending = self.ending();
            if self.interrupt.as_ref().is_some_and(Interrupt::hands_back) {
                self.pool.cancel();
            }
            self.link.broken()?;
            let idle = self.pool.idle();
            let want = if ending.is_some() { 0 } else { idle };
            let Exchange { handed, settled, study, best } =
                self.scheduler.exchange(self.evaluator.searching(), want)?;
            self.watch.show(&study, best);
            self.scheduler.at.news().iter().for_each(|line| self.watch.say(line));
            self.note(&settled, best)?;
            self.check_failures(&study, &settled)?;
            let has_new = !handed.is_empty();
            for job in self.evaluator.jobs(handed) {
                self.pool.start(job);
            }
            if self.pool.busy() == 0 && !has_new && self.scheduler.outbox.is_empty() {
                let ending =
                    ending.or_else(|| self.ending()).or_else(|| self.is_complete(&study).then_some(Ending::Complete));
                if let Some(ending) = ending {
                    return self.end(ending, &study, best);
                }
            }
            // Who only leads has nothing of its own: that others go on is what it waits for.
            let stands = (study.events, study.trials, study.ended());
            if has_new || !settled.is_empty() || std::mem::replace(&mut last, stands) != stands {
                pause.end();
            }
            self.wait(&mut pause)?;
        }
    }

    /// Waits for outcomes; where nothing runs, for something to change in the store.
    fn wait(&mut self, pause: &mut Pause) -> Result<(), StudyError> {
        if !self.scheduler.outbox.is_empty() {
            return Ok(());
        }
        if self.pool.busy() == 0 {
            self.rest(pause.next());
            return Ok(());
        }
        let told = self.pool.collect(if self.pool.idle() > 0 { pause.next().min(LONG) } else { LONG });
        self.scheduler.outbox.extend(told);
        let expired = self.pool.expire()?;
        self.scheduler.outbox.extend(expired);
        Ok(())
    }

    /// Waits until something may have changed in the store, or the run is to end, at most so long: the store is left alone meanwhile.
    fn rest(&self, pause: Duration) {
        let begin = Instant::now();
        while self.ending().is_none() {
            let left = pause.saturating_sub(begin.elapsed()).min(LONG);
            if left.is_zero() || self.scheduler.store.wait(self.scheduler.protocol.id, left) {
                return;
            }
        }
    }

    /// Says what a person should know at once: the first failure of a run.
    fn note(&mut self, settled: &[(Told, Settled)], best: Option<(u64, f64)>) -> Result<(), StudyError> {
        for (told, settled) in settled {
            match settled {
                Settled::Beside => {
                    tracing::warn!(
                        trial = told.number,
                        "the trial had ended already; the outcome is recorded beside that"
                    );
                }
                Settled::Foreign => tracing::warn!(trial = told.number, "an outcome is of no attempt that is known"),
                Settled::Counts | Settled::Again => {}
            }
        }
        let mut ended = Vec::new();
        if self.evaluator.listens() || self.watch.says_each() {
            let counts = settled.iter().filter(|(_, settled)| *settled == Settled::Counts);
            ended = self.scheduler.ended_of(&counts.map(|(told, _)| told.number).collect::<Vec<_>>())?;
        }
        for (told, _) in settled {
            // One that has a line of its own says why it failed.
            let has_line = self.watch.says_each() && ended.iter().any(|record| record.number == told.number);
            if let Some(error) = failure(told, &self.scheduler.protocol).filter(|_| !has_line) {
                self.watch.failed(told.number, &error);
            }
        }
        for record in ended {
            self.watch.trial_ended(&record, best);
            self.evaluator.ended(record);
        }
        Ok(())
    }

    fn end(&mut self, ending: Ending, study: &StudyRecord, best: Option<(u64, f64)>) -> Result<Summary, StudyError> {
        self.scheduler.leave(self.evaluator.searching())?;
        if let Some(word) = ending.of_study() {
            self.scheduler.note_ending(word)?;
        }
        let StudyRecord { done, failed, pruned, .. } = *study;
        let summary = Summary { ending, best, done, failed, pruned, elapsed: self.begin.elapsed() };
        tracing::info!(study = self.scheduler.protocol.study, ?summary, "the run has come to its end");
        self.watch.ended(&summary);
        Ok(summary)
    }

    /// Why no further trials are to be started.
    fn ending(&self) -> Option<Ending> {
        if self.interrupt.as_ref().is_some_and(Interrupt::is_asked) {
            self.watch.interrupted(self.pool.busy());
            return Some(Ending::Interrupted);
        }
        if self.options.deadline.is_some_and(|deadline| self.begin.elapsed() >= deadline) {
            return Some(Ending::Deadline);
        }
        if self.link.is_stopped.load(Ordering::Relaxed) {
            return Some(Ending::Stopped);
        }
        match self.scheduler.end {
            Some(End::Stopped) => Some(Ending::Stopped),
            Some(End::Exhausted) if self.pool.busy() == 0 => Some(Ending::Exhausted),
            _ => None,
        }
    }

    /// Whether all trials have ended, those of other processes included: one that they leave can be taken over here.
    fn is_complete(&self, study: &StudyRecord) -> bool {
        !self.scheduler.options.allows(study.trials) && study.ended() >= study.trials
    }

    fn check_failures(&mut self, study: &StudyRecord, settled: &[(Told, Settled)]) -> Result<(), StudyError> {
        let before = *self.failed.get_or_insert(study.failed);
        let failed = study.failed.saturating_sub(before);
        let Some(allowed) = self.options.max_failures.filter(|allowed| failed > *allowed) else { return Ok(()) };
        let said = settled.iter().rev().find_map(|(told, _)| failure(told, &self.scheduler.protocol));
        self.scheduler.leave(self.evaluator.searching())?;
        let last = said.unwrap_or_else(|| "a trial of another process failed".to_owned());
        Err(StudyError::TooManyFailures { failed, allowed, last })
    }
}

/// The text of a failure.
fn failure(told: &Told, protocol: &Protocol) -> Option<String> {
    match told.outcome.clone()?.checked(&protocol.objectives) {
        Outcome::Failed(error) | Outcome::FailedBy { error, .. } => Some(error),
        _ => None,
    }
}
