//! What the holder of a study's searcher does: learn, propose, keep proposals ready for others.

use super::StudyError;
use super::desk::{Desk, End, Handed};
use super::lead::{Lead, Progress};
use super::rules::Rules;
use super::store::{Lease, Ledger, Millis, Phase, StudyRecord, TrialRecord};
use super::untyped::Untyped;
use crate::agent::SampleError;

impl Desk {
    /// The searcher, brought to where the study is.
    pub(super) fn join<'a>(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        searcher: &'a mut dyn Untyped,
        progress: Option<Progress>,
    ) -> Result<Lead<'a>, StudyError> {
        Lead::join(searcher, progress, &self.reader, ledger, study)
    }

    /// What the holder of the searcher does: learns, proposes, keeps proposals ready for others.
    pub(super) fn lead(
        &mut self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        searcher: &mut dyn Untyped,
        progress: Option<Progress>,
        handed: &mut Vec<Handed>,
        want: usize,
    ) -> Result<Progress, StudyError> {
        let mut lead = self.join(ledger, study, searcher, progress)?;
        let now = ledger.now();
        self.renew(study, now);
        self.learn(&mut lead, ledger, study)?;
        while handed.len() < want
            && let Some(trial) = self.ask(&mut lead, ledger, study)?
        {
            handed.push(self.hand_out(ledger, study, trial, now)?);
            self.learn(&mut lead, ledger, study)?;
        }
        if now.since(study.waiting) < self.lease() && study.waiting > Millis::default() {
            let mut ready = ledger.count_queued(study.id)?;
            while ready < Rules::AHEAD
                && let Some(record) = self.ask(&mut lead, ledger, study)?
            {
                ledger.put_trial(study.id, &record)?;
                self.learn(&mut lead, ledger, study)?;
                ready += 1;
            }
        }
        Ok(lead.progress)
    }

    fn renew(&self, study: &mut StudyRecord, now: Millis) {
        let is_fresh = |lease: &Lease| lease.holder == self.worker && lease.until > now.after(self.lease() / 2);
        if !study.lease.as_ref().is_some_and(is_fresh) {
            if study.lease.as_ref().is_none_or(|lease| lease.holder != self.worker) {
                tracing::info!(study = study.name, worker = self.worker, "this worker holds the searcher now");
                // It was this one that waited; others say so again.
                study.waiting = Millis::default();
            }
            study.lease = Some(Lease { holder: self.worker.clone(), until: now.after(self.lease()) });
        }
    }

    /// Tells the searcher of trials that ended; in a deterministic study, by number, and none before its time.
    pub(super) fn learn(
        &mut self,
        lead: &mut Lead<'_>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
    ) -> Result<(), StudyError> {
        while let Some(trial) = self.next_to_learn(ledger, study, false)? {
            self.tell(lead, ledger, study, trial)?;
            lead.keep(&self.rules, ledger, study)?;
        }
        Ok(())
    }

    pub(super) fn next_to_learn(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        all: bool,
    ) -> Result<Option<TrialRecord>, StudyError> {
        let Some(pending) = self.rules.pending else { return Ok(ledger.unlearned(study.id)?) };
        let trial = ledger.first_unlearned(study.id)?;
        let is_due = |number| all || number + pending <= study.trials || !self.goes_on(study);
        Ok(trial.filter(|trial| trial.phase.is_final() && is_due(trial.number)))
    }

    pub(super) fn tell(
        &mut self,
        lead: &mut Lead<'_>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        trial: TrialRecord,
    ) -> Result<(), StudyError> {
        let reward = trial.reward.filter(|_| trial.phase == Phase::Done);
        lead.tell(&self.reader, ledger, study, trial)?;
        self.consider(reward);
        Ok(())
    }

    /// Ends the study where a reward is good enough.
    pub(super) fn consider(&mut self, reward: Option<f64>) {
        let Some(reward) = reward.filter(|reward| *reward > self.best) else { return };
        self.best = reward;
        if self.end.is_none() && self.stop.as_ref().is_some_and(|stop| stop(reward)) {
            self.end = Some(End::Stopped);
        }
    }

    /// Whether further trials are to be made.
    pub(super) fn goes_on(&self, study: &StudyRecord) -> bool {
        self.end.is_none() && self.rules.allows(study.trials)
    }

    /// The trial that a deterministic study waits for.
    pub(super) fn waits_for(&self, ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<Option<u64>, StudyError> {
        let Some(pending) = self.rules.pending else { return Ok(None) };
        let first = ledger.first_unlearned(study.id)?.map(|trial| trial.number);
        Ok(first.filter(|number| number + pending <= study.trials))
    }

    /// A new trial, queued; none where the study is at its end, or a deterministic one waits for a trial.
    pub(super) fn ask(
        &mut self,
        lead: &mut Lead<'_>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
    ) -> Result<Option<TrialRecord>, StudyError> {
        if !self.goes_on(study) || self.waits_for(ledger, study)?.is_some() {
            return Ok(None);
        }
        let trial = match lead.ask(study) {
            Ok(trial) => trial,
            Err(SampleError::Exhausted { .. }) => {
                self.end = Some(End::Exhausted);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let record = self.record(study, &trial)?;
        study.trials += 1;
        Ok(Some(TrialRecord { asked: Some(study.events), ..record }))
    }
}
