//! What the store has of a study.

use super::scheduler::Scheduler;
use super::store::{Access, Counts, Durability, Snapshot, StoreError, StudyRecord, TrialRecord};
use super::{StudyError, finalists};
use crate::agent::TransferReport;
use crate::checkpoint::Checkpoint;

impl Scheduler {
    /// The best trial by the study's direction, the earliest of equals; of what was confirmed as the best, the first.
    pub(super) fn best(&self) -> Result<Option<TrialRecord>, StudyError> {
        let trials = self.store.read(|ledger| Ok((self.current(ledger)?, ledger.trials(self.protocol.id)?)))?;
        Ok(finalists::best(&trials.1, &trials.0).cloned())
    }

    /// All trials by number.
    pub(super) fn trials(&self) -> Result<Vec<TrialRecord>, StudyError> {
        self.store.read(|ledger| Ok(ledger.trials(self.protocol.id)?))
    }

    /// Those of some trials that have ended.
    pub(super) fn ended_of(&self, numbers: &[u64]) -> Result<Vec<TrialRecord>, StudyError> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(|ledger| {
            let mut ended = Vec::with_capacity(numbers.len());
            for number in numbers {
                ended.extend(ledger.trial(self.protocol.id, *number)?.filter(|trial| trial.phase.is_final()));
            }
            Ok(ended)
        })
    }

    /// Notes that something further may be proposed, where that was not so: others wait for it.
    pub(super) fn note_beginning(&self) -> Result<(), StudyError> {
        let is_ended = |study: &StudyRecord| study.ending.is_some() && self.goes_on(study);
        if !is_ended(&self.store.read(|ledger| self.current(ledger))?) {
            return Ok(());
        }
        self.store.with(Access::Exclusive(Durability::Soon), |ledger| {
            let study = StudyRecord { ending: None, ..self.current(ledger)? };
            ledger.put_study(&study, Counts::default())?;
            Ok(ledger.notify(study.id)?)
        })
    }

    /// Notes why nothing further is proposed, for workers that do not know it otherwise.
    pub(super) fn note_ending(&self, word: &str) -> Result<(), StudyError> {
        let is_known = |study: &StudyRecord| study.ending.as_deref() == Some(word);
        if is_known(&self.store.read(|ledger| self.current(ledger))?) {
            return Ok(());
        }
        self.store.with(Access::Exclusive(Durability::Soon), |ledger| {
            let study = StudyRecord { ending: Some(word.to_owned()), ..self.current(ledger)? };
            ledger.put_study(&study, Counts::default())?;
            Ok(ledger.notify(study.id)?)
        })
    }

    /// What the searcher took over from another study or another version of the type.
    pub(super) fn transfer(&self) -> Result<Option<TransferReport>, StudyError> {
        let study = self.store.read(|ledger| self.current(ledger))?;
        let unreadable = |error: serde_json::Error| StoreError::Damaged { what: format!("a transfer report: {error}") };
        Ok(study.transfer.map(|text| serde_json::from_str(&text)).transpose().map_err(unreadable)?)
    }

    /// The last snapshot of the study's agent.
    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, StudyError> {
        let snapshot = self.store.read(|ledger| Ok(ledger.snapshot(self.protocol.id)?))?;
        let read = |snapshot: Snapshot| Checkpoint::from_snapshot(&snapshot.bytes);
        let checkpoint = snapshot.map(read).transpose().map(Option::flatten);
        checkpoint.map_err(|source| StudyError::Restore { study: self.protocol.study.clone(), source })
    }
}
