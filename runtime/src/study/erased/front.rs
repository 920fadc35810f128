//! What a service in front of a study needs of it beside what its own workers do.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ErasedScheduler, Held};
use crate::study::StudyError;
use crate::study::pruner::Pruner;
use crate::study::store::{Access, Durability, Ledger};

impl ErasedScheduler {
    /// Gives trials up by this pruner, whatever the study's shared options say.
    pub(crate) fn with_pruner(self, pruner: Option<Arc<dyn Pruner>>) -> Self {
        Self { pruner, ..self }
    }

    /// Reads what belongs together, by the number of the study.
    pub(crate) fn read<R>(
        &self,
        work: impl Fn(&mut dyn Ledger, i64) -> Result<R, StudyError>,
    ) -> Result<R, StudyError> {
        self.store.read(|ledger| work(ledger, self.id))
    }

    /// Notes that workers of other processes are there, each with the trials that it has; gives those that are not theirs any more.
    pub(crate) fn heartbeat(&self, workers: &[(&str, Vec<(u64, u32)>)]) -> Result<Vec<Held>, StudyError> {
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            let running: BTreeSet<(u64, u32, String)> =
                ledger.running(self.id)?.into_iter().map(|held| (held.number, held.attempt, held.worker)).collect();
            let mut lost = Vec::new();
            for (worker, held) in workers {
                ledger.heartbeat(self.id, worker, None, 0)?;
                for &(trial, attempt) in held {
                    let worker = (*worker).to_owned();
                    if !running.contains(&(trial, attempt, worker.clone())) {
                        lost.push(Held { trial, attempt, worker });
                    }
                }
            }
            Ok(lost)
        })
    }
}
