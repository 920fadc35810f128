//! Programs as objectives of a study whose type is known.

use std::sync::Arc;

use serde_json::Value;

use super::Program;
use super::attempt::{Attempt, Ear};
use crate::policy::AnyConfig;
use crate::search::Searcher;
use crate::study::erased::{ErasedScheduler, Held, Standing};
use crate::study::{Choice, Constraint, Outcome, Running, Study, StudyBuilder, StudyError, Summary};

impl<T: AnyConfig + Send + 'static, S: Searcher<T>> Study<T, S> {
    /// Evaluates trials with a program in any language, which is started for each: as [`run`](Study::run) does with a function. See
    /// [`Program`] for what the program is told and how it answers; a `std::process::Command` is one, too.
    ///
    /// A program that the pruner gives up or that exceeds the [`timeout`](StudyBuilder::timeout) is asked to end (SIGTERM, to its process
    /// group) and killed after the [`grace`](Program::grace), and its slot is free once it is gone. None outlives this process. With Ctrl-C programs that run
    /// are finished; with a second one, or SIGTERM, they are ended and their trials are handed back.
    pub fn run_command(&mut self, program: impl Into<Program>) -> Result<Summary, StudyError> {
        let (program, link) = (program.into(), Arc::clone(&self.link));
        let scheduler = ErasedScheduler::open(Arc::clone(&link.store), self.name())?;
        let mut options = self.run_options.clone();
        // The slot of a program that is late is not free before it is gone.
        let timeout = options.timeout.take();
        options.hands_back = true;
        let evaluate = move |running: &Running<T>| evaluate(&program, &scheduler, running, timeout);
        let objective = move |running: &Running<T>| {
            evaluate(running).unwrap_or_else(|error| {
                link.fail(error);
                Outcome::Cancelled
            })
        };
        self.run_with(&options, Arc::new(objective))
    }
}

impl<S> StudyBuilder<S> {
    /// Opens the study and [runs](Study::run_command) it with a program.
    pub fn run_command<T>(self, program: impl Into<Program>) -> Result<Study<T, S::Searcher>, StudyError>
    where
        T: AnyConfig + Send + 'static,
        S: Choice<T>,
    {
        let mut study = self.build()?;
        study.run_command(program)?;
        Ok(study)
    }
}

fn evaluate<T>(
    program: &Program,
    scheduler: &ErasedScheduler,
    running: &Running<T>,
    timeout: Option<std::time::Duration>,
) -> Result<Outcome, StudyError> {
    let (trial, attempt, worker) = (running.hand.number, running.hand.attempt, running.hand.link.worker.clone());
    // It was taken away a moment ago: somebody else has it.
    let Some(assignment) = scheduler.assignment(&Held { trial, attempt, worker })? else {
        return Ok(Outcome::Cancelled);
    };
    let (slot, folder) = (running.slot(), running.dir()?);
    Attempt { program, assignment: &assignment, slot, folder: &folder, timeout }.run(running)
}

impl<T> Ear for Running<T> {
    fn report(&self, step: u64, value: f64) -> Result<Standing, StudyError> {
        self.hand.report(step, value)?;
        Ok(Standing { prunes: self.should_prune()?, is_current: true })
    }

    fn note(&self, key: &str, value: &Value) -> Result<(), StudyError> {
        self.hand.note(key, value.to_string())
    }

    fn constrain(&self, constraint: Constraint) -> Result<(), StudyError> {
        self.hand.constrain(constraint)
    }

    fn is_cancelled(&self) -> bool {
        Running::is_cancelled(self)
    }
}
