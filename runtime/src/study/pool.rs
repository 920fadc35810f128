//! The threads that evaluate trials.

use std::any::Any;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use super::StudyError;
use super::hand::Ticket;
use super::heartbeat::Out;
use super::outcome::Outcome;
use super::told::Told;

/// A trial with what evaluates it.
pub(super) struct Job {
    pub(super) ticket: Ticket,
    pub(super) work: Work,
}

/// Evaluates a trial in a slot, and tells of it. A panic of the objective is an outcome.
pub(super) type Work = Box<dyn FnOnce(usize) -> Told + Send>;

pub(super) struct Pool {
    timeout: Option<Duration>,
    out: Out,
    workers: Vec<Worker>,
    /// The number of the next thread.
    next: usize,
    sender: Sender<(usize, Told)>,
    receiver: Receiver<(usize, Told)>,
}

struct Worker {
    thread: usize,
    todo: Sender<(usize, Work)>,
    at: Option<At>,
}

/// What a worker is at.
struct At {
    ticket: Ticket,
    since: Instant,
}

impl Pool {
    pub(super) fn new(workers: usize, timeout: Option<Duration>, out: Out) -> Result<Self, StudyError> {
        let (sender, receiver) = channel();
        let mut this = Self { timeout, out, workers: Vec::new(), next: 0, sender, receiver };
        for _ in 0..workers {
            let worker = this.hire()?;
            this.workers.push(worker);
        }
        Ok(this)
    }

    fn hire(&mut self) -> Result<Worker, StudyError> {
        let (todo, works) = channel::<(usize, Work)>();
        let (thread, done) = (self.next, self.sender.clone());
        let work = move || {
            for (slot, work) in works {
                if done.send((thread, work(slot))).is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name(format!("study-{thread}")).spawn(work).map_err(StudyError::Thread)?;
        self.next += 1;
        Ok(Worker { thread, todo, at: None })
    }

    /// How many workers have nothing to do.
    pub(super) fn idle(&self) -> usize {
        self.workers.iter().filter(|worker| worker.at.is_none()).count()
    }

    /// How many are at work.
    pub(super) fn busy(&self) -> usize {
        self.workers.len() - self.idle()
    }

    /// Gives a trial to a worker without one, whose place among the workers is the trial's slot.
    pub(super) fn start(&mut self, job: Job) {
        let free = self.workers.iter_mut().enumerate().find(|(_, worker)| worker.at.is_none());
        let Some((slot, worker)) = free else { return };
        if worker.todo.send((slot, job.work)).is_ok() {
            worker.at = Some(At { ticket: job.ticket, since: Instant::now() });
        }
    }

    /// Waits for an outcome, at most so long, and takes all that there are.
    pub(super) fn collect(&mut self, patience: Duration) -> Vec<Told> {
        let first = if self.busy() > 0 { self.receiver.recv_timeout(patience).ok() } else { None };
        let all: Vec<(usize, Told)> = first.into_iter().chain(self.receiver.try_iter()).collect();
        let mut told = Vec::with_capacity(all.len());
        for (thread, outcome) in all {
            // What a thread that was given up has to say is of no use.
            if let Some(worker) = self.workers.iter_mut().find(|worker| worker.thread == thread) {
                worker.at = None;
                told.push(outcome);
            }
        }
        told
    }

    /// Asks all that run to come to their end: they are handed back.
    pub(super) fn cancel(&self) {
        for at in self.workers.iter().filter_map(|worker| worker.at.as_ref()) {
            at.ticket.is_cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Gives up trials that take too long. A thread cannot be ended, so another one takes its place.
    pub(super) fn expire(&mut self) -> Result<Vec<Told>, StudyError> {
        let Some(timeout) = self.timeout else { return Ok(Vec::new()) };
        let mut told = Vec::new();
        for i in 0..self.workers.len() {
            let is_over = |at: &At| at.since.elapsed() > timeout;
            if !self.workers[i].at.as_ref().is_some_and(is_over) {
                continue;
            }
            let worker = self.hire()?;
            let Some(At { ticket, .. }) = std::mem::replace(&mut self.workers[i], worker).at else { continue };
            let Ticket { number, attempt, worker, is_cancelled } = ticket;
            is_cancelled.store(true, Ordering::Relaxed);
            let outcome = Some(Outcome::Failed(format!("no outcome within {timeout:?}")));
            told.push(Told { outcome, ..Told::returned(number, attempt, worker) });
        }
        Ok(told)
    }
}

/// What nobody waits for any more is handed back.
impl Drop for Pool {
    fn drop(&mut self) {
        for At { ticket, .. } in self.workers.iter_mut().filter_map(|worker| worker.at.take()) {
            ticket.is_cancelled.store(true, Ordering::Relaxed);
            self.out.let_go(ticket.number, ticket.attempt);
        }
    }
}

/// The outcome of an objective that panicked.
pub(super) fn panicked(panic: &(dyn Any + Send)) -> Outcome {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    let said = format!("the objective panicked: {}", text.as_deref().unwrap_or("without a message"));
    Outcome::Failed(said)
}
