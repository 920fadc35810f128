//! Who waits for a trial of a study: first come, first served, and no thread is held.
//!
//! Each ask has a number. A worker asks for one trial at a time: a later ask takes the place of an earlier one, whose connection is lost
//! and may not be known to be.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, oneshot};

use super::problem::Problem;
use crate::study::erased::{Assignment, Held};

/// What somebody who waits is told.
#[derive(Debug)]
pub(super) enum Answer {
    Trial(Box<Assignment>),
    /// There is none for now.
    Nothing,
    /// There will be none; why, in a word.
    Ended(String),
    Failed(Problem),
}

/// Those who wait.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    queue: Mutex<Queue>,
    /// Somebody came, or gave something back.
    pub(super) news: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    last: u64,
    waiters: VecDeque<Waiter>,
    /// The latest ask of each worker that is under way.
    latest: HashMap<String, u64>,
    /// What was claimed for somebody who is gone.
    returned: Vec<Held>,
    is_attended: bool,
    is_closed: bool,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    worker: String,
    /// What the worker knows that it has; taken at the first claim.
    held: Option<Vec<(u64, u32)>>,
    until: Instant,
    answer: oneshot::Sender<Answer>,
}

/// What is known of somebody who waits.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) id: u64,
    pub(super) worker: String,
    /// At the first claim only.
    pub(super) held: Option<Vec<(u64, u32)>>,
    /// Its time is over.
    pub(super) is_due: bool,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) returned: Vec<Held>,
    pub(super) asking: Vec<Asking>,
}

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Somebody waits; true where there is nobody yet who attends to those who wait.
    pub(super) fn enter(self: &Arc<Self>, worker: &str, held: Vec<(u64, u32)>, until: Instant) -> (Ticket, bool) {
        let (sender, answer) = oneshot::channel();
        let mut queue = self.lock();
        queue.last += 1;
        let (id, is_closed) = (queue.last, queue.is_closed);
        if queue.latest.insert(worker.to_owned(), id).is_some() {
            queue.drop_of(worker);
        }
        if is_closed {
            let _ = sender.send(Answer::Nothing);
        } else {
            let waiter = Waiter { id, worker: worker.to_owned(), held: Some(held), until, answer: sender };
            queue.waiters.push_back(waiter);
        }
        let is_first = !is_closed && !std::mem::replace(&mut queue.is_attended, !is_closed);
        drop(queue);
        self.news.notify_one();
        (Ticket { waiting: Arc::clone(self), id, worker: worker.to_owned(), answer }, is_first)
    }

    /// What is to be done now, for those who are there still, the first one first.
    pub(super) fn work(&self, now: Instant) -> Work {
        let mut queue = self.lock();
        queue.waiters.retain(|waiter| !waiter.answer.is_closed());
        let asking = queue.waiters.iter_mut().map(|waiter| Asking {
            id: waiter.id,
            worker: waiter.worker.clone(),
            held: waiter.held.take(),
            is_due: waiter.until <= now,
        });
        Work { asking: asking.collect(), returned: std::mem::take(&mut queue.returned) }
    }

    /// Answers somebody. A trial for one who is gone is given back, unless its worker asks again: then it is found again.
    pub(super) fn answer(&self, asking: &Asking, answer: Answer) {
        let mut queue = self.lock();
        let place = queue.waiters.iter().position(|waiter| waiter.id == asking.id);
        let waiter = place.and_then(|place| queue.waiters.remove(place));
        let refused = match waiter {
            Some(waiter) => waiter.answer.send(answer).err(),
            None => Some(answer),
        };
        if let Some(Answer::Trial(trial)) = refused {
            queue.give_back(asking.id, &asking.worker, &trial);
        }
    }

    /// How many wait.
    pub(super) fn len(&self) -> u64 {
        self.lock().waiters.len() as u64
    }

    /// Whether there is nothing to do; then nobody attends any more.
    pub(super) fn may_leave(&self) -> bool {
        let mut queue = self.lock();
        let is_over = queue.waiters.is_empty() && queue.returned.is_empty();
        queue.is_attended = !is_over;
        is_over
    }

    /// All that wait and all that will get nothing.
    pub(super) fn close(&self) {
        let mut queue = self.lock();
        queue.is_closed = true;
        for waiter in queue.waiters.drain(..) {
            let _ = waiter.answer.send(Answer::Nothing);
        }
        drop(queue);
        self.news.notify_one();
    }
}

impl Queue {
    /// The earlier ask of a worker is told nothing.
    fn drop_of(&mut self, worker: &str) {
        if let Some(place) = self.waiters.iter().position(|waiter| waiter.worker == worker)
            && let Some(waiter) = self.waiters.remove(place)
        {
            let _ = waiter.answer.send(Answer::Nothing);
        }
    }

    fn give_back(&mut self, id: u64, worker: &str, trial: &Assignment) {
        if self.latest.get(worker).is_none_or(|latest| *latest == id) {
            let (trial, attempt) = (trial.trial, trial.attempt);
            self.returned.push(Held { trial, attempt, worker: worker.to_owned() });
        }
    }
}

/// A place in the queue; whoever lets go of it gives back what it was not told yet.
#[derive(Debug)]
pub(super) struct Ticket {
    waiting: Arc<Waiting>,
    id: u64,
    worker: String,
    pub(super) answer: oneshot::Receiver<Answer>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.answer.close();
        let mut queue = self.waiting.lock();
        queue.waiters.retain(|waiter| waiter.id != self.id);
        let is_latest = queue.latest.get(&self.worker) == Some(&self.id);
        if is_latest {
            queue.latest.remove(&self.worker);
            if let Ok(Answer::Trial(trial)) = self.answer.try_recv() {
                queue.give_back(self.id, &self.worker, &trial);
                self.waiting.news.notify_one();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(number: u64) -> Answer {
        let (study, task) = ("study".to_owned(), "default".to_owned());
        let (config, values) = (serde_json::Value::Null, serde_json::Map::new());
        Answer::Trial(Box::new(Assignment {
            study,
            trial: number,
            attempt: 1,
            task,
            config,
            values,
            objectives: Vec::new(),
        }))
    }

    fn enter(waiting: &Arc<Waiting>, worker: &str) -> Ticket {
        waiting.enter(worker, Vec::new(), Instant::now()).0
    }

    fn given(ticket: &mut Ticket) -> Option<u64> {
        match ticket.answer.try_recv() {
            Ok(Answer::Trial(trial)) => Some(trial.trial),
            _ => None,
        }
    }

    fn returned(waiting: &Waiting) -> Vec<u64> {
        waiting.work(Instant::now()).returned.iter().map(|held| held.trial).collect()
    }

    #[test]
    fn a_trial_for_somebody_who_is_gone_is_given_back() {
        let waiting = Arc::new(Waiting::default());
        // Gone before it was claimed for, meanwhile, and before it was taken.
        drop(enter(&waiting, "a"));
        assert!(waiting.work(Instant::now()).asking.is_empty());
        let ticket = enter(&waiting, "a");
        let asking = waiting.work(Instant::now()).asking;
        drop(ticket);
        waiting.answer(&asking[0], trial(1));
        assert_eq!(returned(&waiting), [1]);
        let ticket = enter(&waiting, "a");
        waiting.answer(&waiting.work(Instant::now()).asking[0], trial(2));
        drop(ticket);
        assert_eq!(returned(&waiting), [2]);
        let mut ticket = enter(&waiting, "a");
        waiting.answer(&waiting.work(Instant::now()).asking[0], trial(3));
        assert_eq!(given(&mut ticket), Some(3));
        drop(ticket);
        assert!(returned(&waiting).is_empty());
        assert!(waiting.lock().latest.is_empty());
    }

    #[test]
    fn what_an_earlier_ask_was_given_is_left_to_a_later_one() {
        let waiting = Arc::new(Waiting::default());
        // The later one comes while a trial is claimed for the earlier one.
        let mut first = enter(&waiting, "a");
        let asking = waiting.work(Instant::now()).asking;
        let second = enter(&waiting, "a");
        waiting.answer(&asking[0], trial(1));
        assert_eq!((given(&mut first), returned(&waiting)), (None, vec![]));
        // The earlier one has it, and does not take it any more.
        let asking = waiting.work(Instant::now()).asking;
        assert_eq!((asking.len(), asking[0].held.is_none()), (1, true), "it was checked at once");
        waiting.answer(&asking[0], trial(2));
        let third = enter(&waiting, "a");
        drop((first, second));
        assert!(returned(&waiting).is_empty());
        drop(third);
        assert!(waiting.may_leave() && waiting.lock().latest.is_empty());
    }

    #[test]
    fn one_attends_at_a_time_and_nobody_waits_in_the_end() {
        let waiting = Arc::new(Waiting::default());
        let (mut first, attends) = waiting.enter("a", Vec::new(), Instant::now());
        let (_second, attends_too) = waiting.enter("b", Vec::new(), Instant::now());
        assert_eq!((attends, attends_too, waiting.may_leave()), (true, false, false));
        waiting.close();
        assert!(matches!(first.answer.try_recv(), Ok(Answer::Nothing)));
        let (mut third, attends) = waiting.enter("c", Vec::new(), Instant::now());
        assert!(matches!(third.answer.try_recv(), Ok(Answer::Nothing)));
        assert!(!attends && waiting.may_leave());
    }
}
