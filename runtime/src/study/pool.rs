//! The threads that evaluate configs.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::StudyError;
use super::desk::Told;
use super::outcome::Outcome;
use super::running::{Out, Running};

/// What evaluates a config.
pub(super) type Objective<T> = Arc<dyn Fn(&Running<T>) -> Outcome + Send + Sync>;

pub(super) struct Pool<T> {
    objective: Objective<T>,
    timeout: Option<Duration>,
    out: Out,
    workers: Vec<Worker<T>>,
    /// The number of the next thread.
    next: usize,
    sender: Sender<(usize, Told)>,
    receiver: Receiver<(usize, Told)>,
}

struct Worker<T> {
    thread: usize,
    jobs: Sender<Running<T>>,
    job: Option<Job>,
}

/// What a worker is at.
struct Job {
    number: u64,
    attempt: u32,
    since: Instant,
    is_cancelled: Arc<AtomicBool>,
}

impl<T: Send + 'static> Pool<T> {
    pub(super) fn new(
        objective: Objective<T>,
        workers: usize,
        timeout: Option<Duration>,
        out: Out,
    ) -> Result<Self, StudyError> {
        let (sender, receiver) = channel();
        let mut this = Self { objective, timeout, out, workers: Vec::new(), next: 0, sender, receiver };
        for _ in 0..workers.max(1) {
            let worker = this.hire()?;
            this.workers.push(worker);
        }
        Ok(this)
    }

    fn hire(&mut self) -> Result<Worker<T>, StudyError> {
        let (jobs, todo) = channel::<Running<T>>();
        let (thread, objective, done) = (self.next, Arc::clone(&self.objective), self.sender.clone());
        let work = move || {
            for running in todo {
                let outcome = catch_unwind(AssertUnwindSafe(|| objective(&running)));
                let outcome = outcome.unwrap_or_else(|panic| Outcome::Failed(what_it_said(&*panic)));
                let told = running.told(outcome);
                drop(running);
                if done.send((thread, told)).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name(format!("study-{thread}")).spawn(work).map_err(StudyError::Thread)?;
        self.next += 1;
        Ok(Worker { thread, jobs, job: None })
    }

    /// How many workers have nothing to do.
    pub(super) fn idle(&self) -> usize {
        self.workers.iter().filter(|worker| worker.job.is_none()).count()
    }

    /// How many are at work.
    pub(super) fn busy(&self) -> usize {
        self.workers.len() - self.idle()
    }

    /// Gives a trial to a worker without one.
    pub(super) fn start(&mut self, running: Running<T>) {
        let Some(worker) = self.workers.iter_mut().find(|worker| worker.job.is_none()) else { return };
        let ((number, attempt), is_cancelled) = (running.hand_out(), running.cancellation());
        if worker.jobs.send(running).is_ok() {
            worker.job = Some(Job { number, attempt, since: Instant::now(), is_cancelled });
        }
    }

    /// Waits for an outcome, at most so long, and takes all that there are.
    pub(super) fn collect(&mut self, patience: Duration) -> Vec<Told> {
        let first = if self.busy() > 0 {
            self.receiver.recv_timeout(patience).ok()
        } else {
            std::thread::sleep(patience);
            None
        };
        let all: Vec<(usize, Told)> = first.into_iter().chain(self.receiver.try_iter()).collect();
        let mut told = Vec::with_capacity(all.len());
        for (thread, outcome) in all {
            // What a thread that was given up has to say is of no use.
            if let Some(worker) = self.workers.iter_mut().find(|worker| worker.thread == thread) {
                worker.job = None;
                told.push(outcome);
            }
        }
        told
    }

    /// Gives up trials that take too long. A thread cannot be ended, so another one takes its place.
    pub(super) fn expire(&mut self) -> Result<Vec<Told>, StudyError> {
        let Some(timeout) = self.timeout else { return Ok(Vec::new()) };
        let mut told = Vec::new();
        for i in 0..self.workers.len() {
            let is_over = |job: &Job| job.since.elapsed() > timeout;
            if !self.workers[i].job.as_ref().is_some_and(is_over) {
                continue;
            }
            let worker = self.hire()?;
            let Some(Job { number, attempt, is_cancelled, .. }) = std::mem::replace(&mut self.workers[i], worker).job
            else {
                continue;
            };
            is_cancelled.store(true, Ordering::Relaxed);
            self.out.remove(number, attempt);
            let outcome = Outcome::Failed(format!("no outcome within {timeout:?}"));
            told.push(Told { number, attempt, outcome, last: None });
        }
        Ok(told)
    }
}

/// The message of a panic.
fn what_it_said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("the objective panicked: {}", text.as_deref().unwrap_or("without a message"))
}
