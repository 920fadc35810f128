//! From the searcher's proposals to workers, and from workers' outcomes to records.

use super::StudyError;
use super::desk::{Desk, Handed, Told};
use super::outcome::Outcome;
use super::rules::Rules;
use super::store::{Ledger, Millis, Phase, StudyRecord, TrialRecord};
use super::untyped::Untyped;
use crate::agent::{ConfigError, Trial};

impl Desk {
    /// A new record of a trial.
    pub(super) fn record(&self, study: &StudyRecord, trial: &Trial<()>) -> Result<TrialRecord, StudyError> {
        let decisions = self.reader.decisions(trial.trace()).map_err(ConfigError::from)?;
        Ok(TrialRecord {
            number: study.trials,
            space: self.space,
            phase: Phase::Queued,
            config: self.reader.config(&decisions),
            decisions,
            task: trial.task().to_owned(),
            log_prob: trial.log_prob(),
            reward: None,
            step: None,
            error: None,
            severity: None,
            handed: 0,
            failures: 0,
            worker: None,
            beat: Millis::default(),
            started: None,
            ended: None,
            asked: None,
            learned: None,
        })
    }

    pub(super) fn hand_out(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        mut record: TrialRecord,
        now: Millis,
    ) -> Result<Handed, StudyError> {
        record.phase = Phase::Running;
        record.handed += 1;
        record.worker = Some(self.worker.clone());
        (record.beat, record.started, record.ended) = (now, Some(now), None);
        ledger.put_trial(study.id, &record)?;
        let TrialRecord { number, handed: attempt, task, .. } = record;
        Ok(Handed { number, attempt, task })
    }

    /// A trial that a worker left, or that waits for one.
    pub(super) fn claim(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        searcher: &mut dyn Untyped,
        now: Millis,
    ) -> Result<Option<Handed>, StudyError> {
        loop {
            let trial = match ledger.abandoned(study.id, now.before(self.rules.abandon))? {
                Some(left) => Some(left),
                None => ledger.queued(study.id)?,
            };
            let Some(record) = trial else { return Ok(None) };
            if record.handed > Rules::ABANDONED + self.rules.retries {
                let error = format!("{} workers that had it gave no further sign of life", record.handed);
                fail(ledger, study, record, error, now)?;
                continue;
            }
            if self.admits(searcher, &record) {
                return Ok(Some(self.hand_out(ledger, study, record, now)?));
            }
            fail(ledger, study, record, "it is not a config of the space any more".to_owned(), now)?;
        }
    }

    /// Whether a trial is one of the space.
    pub(super) fn admits(&self, searcher: &mut dyn Untyped, record: &TrialRecord) -> bool {
        self.reader.trace(&record.decisions).is_some_and(|trace| searcher.admit(record.number, &trace))
    }

    /// Writes an outcome down; false where the trial is not this worker's any more.
    pub(super) fn settle(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        told: &Told,
        now: Millis,
    ) -> Result<bool, StudyError> {
        let record = ledger.trial(study.id, told.number)?;
        let is_mine = |record: &TrialRecord| {
            record.phase == Phase::Running
                && record.handed == told.attempt
                && record.worker.as_ref() == Some(&self.worker)
        };
        let Some(mut record) = record.filter(is_mine) else { return Ok(false) };
        record.ended = Some(now);
        match told.outcome.clone().checked() {
            Outcome::Reward(reward) => {
                tracing::debug!(study = study.name, trial = told.number, reward, "a trial is done");
                (record.phase, record.reward, record.error) = (Phase::Done, Some(reward), None);
                study.done += 1;
            }
            Outcome::Pruned => {
                tracing::debug!(study = study.name, trial = told.number, "a trial is pruned");
                (record.phase, record.reward, record.error) = (Phase::Pruned, told.last, None);
                study.pruned += 1;
            }
            Outcome::Failed(error) => {
                record.failures += 1;
                if record.failures > self.rules.retries {
                    fail(ledger, study, record, error, now)?;
                    return Ok(true);
                }
                tracing::warn!(study = study.name, trial = told.number, error, "a trial failed and is tried again");
                (record.phase, record.error) = (Phase::Queued, Some(error));
            }
        }
        ledger.put_trial(study.id, &record)?;
        Ok(true)
    }
}

/// Writes down that a trial failed for good.
pub(super) fn fail(
    ledger: &mut dyn Ledger,
    study: &mut StudyRecord,
    record: TrialRecord,
    error: String,
    now: Millis,
) -> Result<(), StudyError> {
    tracing::warn!(study = study.name, trial = record.number, error, "a trial failed");
    study.failed += 1;
    let record = TrialRecord { phase: Phase::Failed, error: Some(error), ended: Some(now), ..record };
    Ok(ledger.put_trial(study.id, &record)?)
}
