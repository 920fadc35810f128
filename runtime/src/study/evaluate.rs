//! From trials that are handed out to work for the threads of a run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::Outcome;
use super::hand::{Hand, Link};
use super::handed::Handed;
use super::pool::{Job, panicked};
use super::reader::Reader;
use super::rows::TrialRow;
use super::running::Running;
use super::searching::{AnySearching, Searching};
use super::store::TrialRecord;
use crate::policy::AnyConfig;
use crate::search::Strategy;

/// What a run asks for trials, and has them evaluated with.
pub(super) trait Evaluate {
    fn searching(&mut self) -> &mut AnySearching<'_>;

    /// The work on trials that were handed out since the last time.
    fn jobs(&mut self, handed: Vec<Handed>) -> Vec<Job>;

    /// Whether somebody wants to know of trials that ended.
    fn listens(&self) -> bool;

    /// Tells of a trial that ended.
    fn ended(&mut self, record: TrialRecord);
}

/// What evaluates a config.
pub(super) type Objective<T> = Arc<dyn Fn(&Running<T>) -> Outcome + Send + Sync>;

/// A strategy and an objective of one type.
pub(super) struct Evaluator<'a, T, S> {
    pub(super) searching: &'a mut Searching<S>,
    pub(super) objective: Objective<T>,
    pub(super) link: Arc<Link>,
    pub(super) reader: Reader,
    pub(super) listeners: &'a mut Vec<Listener<T>>,
}

/// What is called with each trial that ended.
pub(super) type Listener<T> = Box<dyn FnMut(&TrialRow<T>) + Send>;

impl<T: AnyConfig + Send + 'static, S: Strategy> Evaluate for Evaluator<'_, T, S> {
    fn searching(&mut self) -> &mut AnySearching<'_> {
        self.searching
    }

    fn jobs(&mut self, handed: Vec<Handed>) -> Vec<Job> {
        let (link, objective) = (&self.link, &self.objective);
        let running = handed.into_iter().filter_map(|handed| running(handed, link));
        running.map(|running| job(running, Arc::clone(objective))).collect()
    }

    fn listens(&self) -> bool {
        !self.listeners.is_empty()
    }

    fn ended(&mut self, record: TrialRecord) {
        let row = TrialRow::new(&self.reader, record);
        self.listeners.iter_mut().for_each(|listener| listener(&row));
    }
}

/// The trial with its config, which was found to be one before it was handed out.
pub(super) fn running<T: AnyConfig>(handed: Handed, link: &Arc<Link>) -> Option<Running<T>> {
    let config = T::decode_any(handed.space, &handed.trace).ok()?;
    Some(Running::new(Hand::new(handed, Arc::clone(link)), config))
}

fn job<T: Send + 'static>(mut running: Running<T>, objective: Objective<T>) -> Job {
    let ticket = running.hand.ticket();
    let work = move |slot| {
        running.hand.slot = slot;
        let outcome = catch_unwind(AssertUnwindSafe(|| objective(&running)));
        let outcome = outcome.unwrap_or_else(|panic| {
            let outcome = panicked(&*panic);
            // What was thrown may panic itself where it is dropped.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(panic))) {
                std::mem::forget(panic);
            }
            outcome
        });
        let told = running.hand.told(outcome);
        // So may the config.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(running)));
        if let Err(panic) = dropped {
            tracing::warn!(trial = told.number, "the trial's config panicked where it was dropped");
            std::mem::forget(panic);
        }
        told
    };
    Job { ticket, work: Box::new(work) }
}
