//! Heartbeats of the workers of a study are written down in one transaction a second.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::heard::Lost;
use super::problem::Problem;
use super::served::Served;
use crate::study::StudyError;
use crate::study::erased::Held;

/// Between two transactions, unless workers may be silent for less than ten times as long.
const EVERY: Duration = Duration::from_secs(1);

impl Served {
    /// A worker is there, and has this at least.
    pub(super) fn hear(self: &Arc<Self>, worker: &str, held: impl IntoIterator<Item = (u64, u32)>) {
        self.heard.lock().pending.entry(worker.to_owned()).or_default().extend(held);
        self.write_soon();
    }

    /// What of a worker's trials is not its own any more: by what was last written down where it had all of them then, and otherwise once
    /// it is written down again.
    pub(super) async fn lost(
        self: &Arc<Self>,
        worker: &str,
        held: &BTreeSet<(u64, u32)>,
    ) -> Result<Vec<Held>, Problem> {
        let answer = {
            let mut state = self.heard.lock();
            if state.known.get(worker).is_some_and(|(_, known)| held.is_subset(known)) || held.is_empty() {
                return Ok(Vec::new());
            }
            let (sender, answer) = oneshot::channel();
            // Even where what was heard before is being written down right now.
            state.pending.entry(worker.to_owned()).or_default().extend(held);
            state.waiting.push((worker.to_owned(), sender));
            answer
        };
        self.write_soon();
        let late = tokio::time::timeout(super::hub::PATIENCE, answer).await;
        late.map_err(|_| Problem::busy())?.unwrap_or_else(|_| Err(Problem::busy()))
    }

    fn write_soon(self: &Arc<Self>) {
        if !std::mem::replace(&mut self.heard.lock().is_writing, true) {
            tokio::spawn(Arc::clone(self).write_heard());
        }
    }

    async fn write_heard(self: Arc<Self>) {
        loop {
            let (written, every) = (self.heard.lock().written, EVERY.min(self.scheduler.abandon_after() / 10));
            tokio::time::sleep(written.map_or(Duration::ZERO, |written| every.saturating_sub(written.elapsed()))).await;
            let (pending, waiting) = {
                let mut state = self.heard.lock();
                if state.pending.is_empty() && state.waiting.is_empty() {
                    state.is_writing = false;
                    return;
                }
                (std::mem::take(&mut state.pending), std::mem::take(&mut state.waiting))
            };
            let served = Arc::clone(&self);
            let work = move || (served.write_down(&pending), pending);
            let lost = match spawn_blocking(work).await {
                Ok((lost, pending)) => self.learn(lost, pending),
                Err(_) => Err(Problem::busy()),
            };
            for (worker, answer) in waiting {
                let of_worker = |lost: &Vec<Held>| lost.iter().filter(|held| held.worker == worker).cloned().collect();
                let _ = answer.send(lost.as_ref().map(of_worker).map_err(Clone::clone));
            }
        }
    }

    fn write_down(&self, pending: &HashMap<String, BTreeSet<(u64, u32)>>) -> Result<Vec<Held>, StudyError> {
        let workers: Vec<(&str, Vec<(u64, u32)>)> =
            pending.iter().map(|(worker, held)| (&**worker, held.iter().copied().collect())).collect();
        self.scheduler.heartbeat(&workers)
    }

    /// Notes who had what when it was written down.
    fn learn(&self, lost: Result<Vec<Held>, StudyError>, pending: HashMap<String, BTreeSet<(u64, u32)>>) -> Lost {
        let (now, mut state) = (Instant::now(), self.heard.lock());
        state.written = Some(now);
        let lost = lost.map_err(Problem::from)?;
        state.known.extend(pending.into_iter().map(|(worker, held)| (worker, (now, held))));
        for held in &lost {
            if let Some((_, known)) = state.known.get_mut(&held.worker) {
                known.remove(&(held.trial, held.attempt));
            }
        }
        let patience = self.scheduler.abandon_after();
        state.known.retain(|_, (heard, _)| heard.elapsed() < patience);
        Ok(lost)
    }
}
