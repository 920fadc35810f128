//! Configs that a program has evaluated before anything that the searcher proposes.

use super::StudyError;
use super::scheduler::Scheduler;
use super::store::{Ledger, StudyRecord, TrialRecord};
use crate::search::{Context, Proposal};

impl Scheduler {
    /// Queues a trial; where it is wanted only once, not if it was queued before. Gives its number.
    pub(super) fn enqueue(&self, context: &Context, proposal: &Proposal, only_once: bool) -> Result<u64, StudyError> {
        self.store.lastingly(|ledger| {
            let mut study = self.current(ledger)?;
            let record = self.record(&study, context, proposal)?;
            if only_once && let Some(number) = queued_before(ledger, &study, &record)? {
                return Ok(number);
            }
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
            ledger.put_study(&study)?;
            Ok(record.number)
        })
    }
}

/// The number of a trial that was enqueued with the same decisions.
fn queued_before(ledger: &mut dyn Ledger, study: &StudyRecord, new: &TrialRecord) -> Result<Option<u64>, StudyError> {
    let is_it = |known: &TrialRecord| known.asked.is_none() && known.decisions == new.decisions;
    Ok(ledger.trials(study.id)?.into_iter().find(is_it).map(|known| known.number))
}
