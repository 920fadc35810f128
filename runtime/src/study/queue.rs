//! Configs that a program has evaluated before anything that the searcher proposes.

use super::StudyError;
use super::scheduler::Scheduler;
use super::store::{Access, Counts, Durability, Ledger, StudyRecord, TrialRecord};
use crate::agent::ConfigError;
use crate::search::{Context, Proposal};

impl Scheduler {
    /// Queues a trial; where it is wanted only once, not if it was queued before. Gives its number.
    pub(super) fn enqueue(&self, context: &Context, proposal: &Proposal, only_once: bool) -> Result<u64, StudyError> {
        // Where the store does not know whether it wrote it, it is there under the number that it was to have.
        let mut meant: Option<u64> = None;
        self.store.with(Access::Exclusive(Durability::Now), |ledger| {
            let mut study = self.current(ledger)?;
            let record = self.record(&study, context, proposal)?;
            if let Some(number) = meant
                && ledger.trial(study.id, number)?.is_some_and(|known| is_same(&known, &record))
            {
                return Ok(number);
            }
            meant = Some(record.number);
            if only_once && let Some(number) = queued_before(ledger, &study, &record)? {
                return Ok(number);
            }
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
            ledger.put_study(&study, Counts::default())?;
            ledger.notify(study.id)?;
            Ok(record.number)
        })
    }

    /// A new record of a trial.
    pub(super) fn record(
        &self,
        study: &StudyRecord,
        context: &Context,
        proposal: &Proposal,
    ) -> Result<TrialRecord, StudyError> {
        let decisions = self.reader.decisions(context, proposal).map_err(ConfigError::from)?;
        Ok(TrialRecord {
            config: self.reader.config(&decisions),
            decisions,
            task: context.task(proposal.pair).to_owned(),
            log_prob: proposal.log_prob,
            origin: proposal.origin.map(str::to_owned),
            ..TrialRecord::queued(study.trials, self.space)
        })
    }

    /// Whether a trial is one of the spaces and tasks that are searched.
    pub(super) fn admits(&self, context: &Context, record: &TrialRecord) -> bool {
        let proposal = self.reader.proposal(context, record);
        proposal.is_some_and(|proposal| context.is_valid(proposal.pair, &proposal.trace).unwrap_or(false))
    }
}

fn is_same(known: &TrialRecord, new: &TrialRecord) -> bool {
    known.asked.is_none() && known.decisions == new.decisions && known.task == new.task
}

/// The number of a trial that was enqueued with the same decisions.
fn queued_before(ledger: &mut dyn Ledger, study: &StudyRecord, new: &TrialRecord) -> Result<Option<u64>, StudyError> {
    Ok(ledger.enqueued(study.id, new)?.into_iter().find(|known| is_same(known, new)).map(|known| known.number))
}
