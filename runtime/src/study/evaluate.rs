//! From trials that are handed out to work for the threads of a run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Outcome;
use super::desk::Handed;
use super::pool::{Job, panicked};
use super::running::{Link, Running};
use super::typed::Typed;
use super::untyped::Untyped;
use crate::search::Searcher;
use crate::space::SearchSpace;

/// What a run asks for trials, and has them evaluated with.
pub(super) trait Evaluate {
    fn searcher(&mut self) -> &mut dyn Untyped;

    /// The work on trials that were handed out since the last time.
    fn jobs(&mut self, handed: Vec<Handed>) -> Vec<Job>;
}

/// What evaluates a config.
pub(super) type Objective<T> = Arc<dyn Fn(&Running<T>) -> Outcome + Send + Sync>;

/// A searcher and an objective of one type.
pub(super) struct Evaluator<'a, T, S> {
    pub(super) searcher: Typed<'a, T, S>,
    pub(super) objective: Objective<T>,
    pub(super) link: Arc<Link>,
}

impl<T: SearchSpace + Send + 'static, S: Searcher<T> + Clone> Evaluate for Evaluator<'_, T, S> {
    fn searcher(&mut self) -> &mut dyn Untyped {
        &mut self.searcher
    }

    fn jobs(&mut self, handed: Vec<Handed>) -> Vec<Job> {
        let (link, objective) = (&self.link, &self.objective);
        let running = self.searcher.running(handed, link);
        running.into_iter().map(|running| job(running, Arc::clone(objective))).collect()
    }
}

fn job<T: Send + 'static>(running: Running<T>, objective: Objective<T>) -> Job {
    let ticket = running.hand.ticket();
    let work = move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| objective(&running)));
        running.hand.told(outcome.unwrap_or_else(|panic| panicked(&*panic)))
    };
    Job { ticket, work: Box::new(work) }
}
