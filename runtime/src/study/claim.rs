//! From records to workers, and from workers' outcomes to records.

use super::StudyError;
use super::options::Options;
use super::outcome::Outcome;
use super::scheduler::{Handed, Scheduler, Told, handed};
use super::store::{Ledger, Millis, Phase, StudyRecord, TrialRecord};
use crate::agent::ConfigError;
use crate::search::{Context, Proposal};

impl Scheduler {
    /// A new record of a trial.
    pub(super) fn record(
        &self,
        study: &StudyRecord,
        context: &Context,
        proposal: &Proposal,
    ) -> Result<TrialRecord, StudyError> {
        let decisions = self.reader.decisions(context, proposal).map_err(ConfigError::from)?;
        Ok(TrialRecord {
            number: study.trials,
            space: self.space,
            phase: Phase::Queued,
            config: self.reader.config(&decisions),
            decisions,
            task: context.task(proposal.pair).to_owned(),
            log_prob: proposal.log_prob,
            origin: proposal.origin.map(str::to_owned),
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

    /// A trial that a worker left, or that waits for one.
    pub(super) fn claim(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        context: &Context,
        now: Millis,
    ) -> Result<Option<Handed>, StudyError> {
        loop {
            let trial = match ledger.abandoned(study.id, now.before(self.options.abandon))? {
                Some(left) => Some(left),
                None => ledger.queued(study.id)?,
            };
            let Some(mut record) = trial else { return Ok(None) };
            if record.handed > Options::ABANDONED + self.options.retries {
                let error = format!("{} workers that had it gave no further heartbeat", record.handed);
                fail(ledger, study, record, error, now)?;
                continue;
            }
            if !self.admits(context, &record) {
                fail(ledger, study, record, "it is not a config of the space any more".to_owned(), now)?;
                continue;
            }
            (record.phase, record.worker) = (Phase::Running, Some(self.worker.clone()));
            record.handed += 1;
            (record.beat, record.started, record.ended) = (now, Some(now), None);
            ledger.put_trial(study.id, &record)?;
            return Ok(handed(&self.reader, &record));
        }
    }

    /// Whether a trial is one of the spaces and tasks that are searched.
    pub(super) fn admits(&self, context: &Context, record: &TrialRecord) -> bool {
        let proposal = self.reader.proposal(context, record);
        proposal.is_some_and(|proposal| context.is_valid(proposal.pair, &proposal.trace).unwrap_or(false))
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
                (record.phase, record.reward, record.error, record.severity) = (Phase::Done, Some(reward), None, None);
                study.done += 1;
            }
            Outcome::Pruned => {
                tracing::debug!(study = study.name, trial = told.number, "a trial is pruned");
                (record.phase, record.error, record.severity) = (Phase::Pruned, None, None);
                (record.step, record.reward) = told.last.unzip();
                study.pruned += 1;
            }
            Outcome::Failed(error) => return self.settle_failure(ledger, study, record, (error, None), now),
            Outcome::FailedBy { error, severity } => {
                return self.settle_failure(ledger, study, record, (error, Some(severity)), now);
            }
        }
        ledger.put_trial(study.id, &record)?;
        Ok(true)
    }

    fn settle_failure(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        mut record: TrialRecord,
        (error, severity): (String, Option<f64>),
        now: Millis,
    ) -> Result<bool, StudyError> {
        (record.failures, record.severity) = (record.failures + 1, severity);
        if record.failures > self.options.retries {
            fail(ledger, study, record, error, now)?;
            return Ok(true);
        }
        tracing::warn!(study = study.name, trial = record.number, error, "a trial failed and is tried again");
        (record.phase, record.error) = (Phase::Queued, Some(error));
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
