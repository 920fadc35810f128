//! Whether something that a reader sees has changed in a study.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::served::Served;
use crate::study::StudyError;

/// Readers are told at most once in so long.
const EVERY: Duration = Duration::from_secs(1);

/// A study as it was last read, in short.
#[derive(Default)]
struct Fingerprint {
    /// Of all that readers see but for reported values.
    hash: u64,
    /// The last row of reported values.
    row: i64,
}

impl Served {
    /// A number that grows whenever something that a reader sees has changed.
    pub(super) fn changes(self: &Arc<Self>) -> Result<watch::Receiver<u64>, StudyError> {
        let changes = &self.changes;
        let mut is_watched = changes.is_watched.lock().unwrap_or_else(PoisonError::into_inner);
        let count = changes.count.subscribe();
        if !*is_watched {
            let served = Arc::clone(self);
            let thread = std::thread::Builder::new().name("study-changes".to_owned());
            thread.spawn(move || served.watch_changes()).map_err(StudyError::Thread)?;
            *is_watched = true;
        }
        Ok(count)
    }

    fn watch_changes(&self) {
        let mut last = None;
        loop {
            let begin = Instant::now();
            match self.fingerprint(last.as_ref().map_or(0, |last: &Fingerprint| last.row)) {
                Ok(now) => {
                    let is_new = last.as_ref().is_none_or(|last| (last.hash, last.row) != (now.hash, now.row));
                    if last.replace(now).is_some() && is_new {
                        self.changes.count.send_modify(|count| *count += 1);
                    }
                }
                Err(error) => tracing::warn!(%error, "the study could not be read, and may have changed"),
            }
            let mut is_watched = self.changes.is_watched.lock().unwrap_or_else(PoisonError::into_inner);
            if self.changes.count.receiver_count() == 0 {
                *is_watched = false;
                return;
            }
            drop(is_watched);
            self.scheduler.wait(EVERY);
            std::thread::sleep(EVERY.saturating_sub(begin.elapsed()));
        }
    }

    fn fingerprint(&self, row: i64) -> Result<Fingerprint, StudyError> {
        self.scheduler.read(|ledger, id| {
            let mut study = ledger.known_study(self.scheduler.study())?;
            // A heartbeat is nothing to see.
            study.lease.heartbeats = 0;
            let mut hasher = DefaultHasher::new();
            format!("{study:?}").hash(&mut hasher);
            ledger.count_queued(id)?.hash(&mut hasher);
            for held in ledger.running(id)? {
                (held.number, held.attempt, held.worker).hash(&mut hasher);
            }
            let workers: BTreeSet<String> = ledger.workers(id)?.into_iter().map(|worker| worker.name).collect();
            workers.hash(&mut hasher);
            let row = ledger.values(id, row)?.last().map_or(row, |value| value.row);
            Ok(Fingerprint { hash: hasher.finish(), row })
        })
    }
}
