//! Who gets which trial, and what the searcher is asked and told: all that happens in one transaction.

use std::sync::Arc;

use super::StudyError;
use super::lead::Lead;
use super::outcome::Outcome;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Durability, Lease, Ledger, Millis, Phase, Store, StudyRecord, TrialRecord};
use crate::agent::SampleError;
use crate::search::Searcher;
use crate::space::SearchSpace;

/// One worker's part in a study.
pub(super) struct Desk<S> {
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    /// The study's name, its number, and the number of the space.
    pub(super) study: String,
    pub(super) id: i64,
    pub(super) space: i64,
    /// What this worker is called in the store.
    pub(super) worker: String,
    pub(super) reader: Reader,
    /// The searcher as it was given.
    pub(super) pristine: S,
    /// The searcher as far as the study has come, where this worker holds it.
    pub(super) lead: Option<Lead<S>>,
    /// Whether nothing further is asked for.
    pub(super) end: Option<End>,
    pub(super) stop: Option<Stop>,
    /// The best reward that the searcher was told here.
    pub(super) best: f64,
}

/// Whether a best reward is good enough.
pub(super) type Stop = Arc<dyn Fn(f64) -> bool + Send + Sync>;

/// Why nothing further is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The best reward is good enough.
    Stopped,
    /// The searcher has nothing new.
    Exhausted,
}

/// The outcome of a trial.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) number: u64,
    /// The how-manieth hand-out of the trial it was.
    pub(super) attempt: u32,
    pub(super) outcome: Outcome,
    /// The last value reported.
    pub(super) last: Option<f64>,
}

/// A trial that this worker is to evaluate.
#[derive(Debug)]
pub(super) struct Handed<T> {
    pub(super) number: u64,
    /// The how-manieth hand-out of the trial it is.
    pub(super) attempt: u32,
    pub(super) config: T,
    pub(super) task: String,
}

/// What came of a transaction.
#[derive(Debug)]
pub(super) struct Exchange<T> {
    pub(super) handed: Vec<Handed<T>>,
    /// Trials whose outcome came too late.
    pub(super) late: Vec<u64>,
    pub(super) study: StudyRecord,
    /// The best trial of all.
    pub(super) best: Option<(u64, f64)>,
}

impl<S: Clone> Desk<S> {
    /// Writes outcomes down, lets the searcher learn from them where this worker holds it, and takes up to `want` trials:
    /// what another worker left, what waits for one, what the searcher proposes.
    pub(super) fn exchange<T: SearchSpace>(&mut self, told: &[Told], want: usize) -> Result<Exchange<T>, StudyError>
    where
        S: Searcher<T>,
    {
        let store = Arc::clone(&self.store);
        // Where the transaction fails, the searcher may know more than the store: it is fetched again.
        let mut lead = self.lead.take();
        let durability = if told.is_empty() { Durability::Soon } else { Durability::Now };
        let exchange = store.with_durability(durability, |ledger| self.within(ledger, &mut lead, told, want))?;
        self.lead = lead;
        Ok(exchange)
    }

    /// Lets the searcher learn all that there is, writes it down, and leaves it to others.
    pub(super) fn leave<T: SearchSpace>(&mut self) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        let store = Arc::clone(&self.store);
        let mut lead = self.lead.take();
        store.lastingly(|ledger| {
            let mut study = self.look(ledger)?;
            if !self.may_lead(ledger, &study) {
                return Ok(());
            }
            let lead = self.join(ledger, &study, &mut lead)?;
            while let Some(trial) = self.next_to_learn(ledger, &study, true)? {
                self.tell(lead, ledger, &mut study, trial)?;
            }
            lead.keep_now::<T>(ledger, &study)?;
            study.lease = None;
            Ok(ledger.put_study(&study)?)
        })?;
        self.lead = lead;
        Ok(())
    }

    /// Brings the searcher to where the study is, without holding it.
    pub(super) fn catch_up<T: SearchSpace>(&mut self) -> Result<(&S, StudyRecord), StudyError>
    where
        S: Searcher<T>,
    {
        let store = Arc::clone(&self.store);
        let mut lead = self.lead.take();
        let study = store.with(|ledger| {
            let study = self.look(ledger)?;
            self.join(ledger, &study, &mut lead)?;
            Ok(study)
        })?;
        Ok((&self.lead.insert(lead.unwrap_or_else(|| Lead::fresh(self.pristine.clone()))).searcher, study))
    }

    fn within<T: SearchSpace>(
        &mut self,
        ledger: &mut dyn Ledger,
        lead: &mut Option<Lead<S>>,
        told: &[Told],
        want: usize,
    ) -> Result<Exchange<T>, StudyError>
    where
        S: Searcher<T>,
    {
        let before = self.look(ledger)?;
        let (mut study, now, mut late) = (before.clone(), ledger.now(), Vec::new());
        for told in told {
            if !self.settle(ledger, &mut study, told, now)? {
                late.push(told.number);
            }
        }
        let mut handed = Vec::new();
        while handed.len() < want
            && let Some(trial) = self.claim(ledger, &mut study, now)?
        {
            handed.push(trial);
        }
        if self.may_lead(ledger, &study) {
            self.lead(ledger, &mut study, lead, &mut handed, want)?;
        } else {
            *lead = None;
            if now.since(study.waiting) > self.lease() / 4 {
                study.waiting = now;
            }
        }
        let best = ledger.best(study.id)?.and_then(|best| Some((best.number, best.reward?)));
        if self.rules.pending.is_none() {
            self.consider(best.map(|(_, reward)| reward));
        }
        if study != before {
            ledger.put_study(&study)?;
        }
        Ok(Exchange { handed, late, study, best })
    }

    /// The study as it is; an error where others changed what it searches.
    pub(super) fn look(&self, ledger: &mut dyn Ledger) -> Result<StudyRecord, StudyError> {
        let study = ledger
            .study(&self.study)?
            .ok_or_else(|| StudyError::NoStudy { study: self.study.clone(), known: Vec::new() })?;
        if study.space != self.space {
            return Err(StudyError::Adapted { study: self.study.clone() });
        }
        Ok(study)
    }

    /// How long the searcher is held without a sign of life.
    fn lease(&self) -> std::time::Duration {
        self.rules.abandon / 3
    }

    fn may_lead(&self, ledger: &mut dyn Ledger, study: &StudyRecord) -> bool {
        let now = ledger.now();
        study.lease.as_ref().is_none_or(|lease| lease.holder == self.worker || lease.until < now)
    }

    /// The searcher, brought to where the study is.
    fn join<'a, T: SearchSpace>(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        lead: &'a mut Option<Lead<S>>,
    ) -> Result<&'a mut Lead<S>, StudyError>
    where
        S: Searcher<T>,
    {
        match lead {
            Some(lead) => {
                lead.catch_up::<T>(&self.reader, ledger, study)?;
                Ok(lead)
            }
            None => Ok(lead.insert(Lead::join::<T>(&self.pristine, &self.reader, ledger, study)?)),
        }
    }

    /// What the holder of the searcher does: learns, proposes, keeps proposals ready for others.
    fn lead<T: SearchSpace>(
        &mut self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        lead: &mut Option<Lead<S>>,
        handed: &mut Vec<Handed<T>>,
        want: usize,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        let lead = self.join::<T>(ledger, study, lead)?;
        let now = ledger.now();
        self.renew(study, now);
        self.learn::<T>(lead, ledger, study)?;
        while handed.len() < want
            && let Some(trial) = self.ask::<T>(lead, ledger, study)?
        {
            handed.push(self.hand_out(ledger, study, trial, now)?);
            self.learn::<T>(lead, ledger, study)?;
        }
        if now.since(study.waiting) < self.lease() && study.waiting > Millis::default() {
            let mut ready = ledger.count_queued(study.id)?;
            while ready < Rules::AHEAD
                && let Some((record, _)) = self.ask::<T>(lead, ledger, study)?
            {
                ledger.put_trial(study.id, &record)?;
                self.learn::<T>(lead, ledger, study)?;
                ready += 1;
            }
        }
        Ok(())
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
    fn learn<T: SearchSpace>(
        &mut self,
        lead: &mut Lead<S>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        while let Some(trial) = self.next_to_learn(ledger, study, false)? {
            self.tell::<T>(lead, ledger, study, trial)?;
            lead.keep::<T>(&self.rules, ledger, study)?;
        }
        Ok(())
    }

    fn next_to_learn(
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

    fn tell<T: SearchSpace>(
        &mut self,
        lead: &mut Lead<S>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        trial: TrialRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        let reward = trial.reward.filter(|_| trial.phase == Phase::Done);
        lead.tell::<T>(&self.reader, ledger, study, trial)?;
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
    fn ask<T: SearchSpace>(
        &mut self,
        lead: &mut Lead<S>,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
    ) -> Result<Option<(TrialRecord, T)>, StudyError>
    where
        S: Searcher<T>,
    {
        if !self.goes_on(study) || self.waits_for(ledger, study)?.is_some() {
            return Ok(None);
        }
        let trial = match lead.ask::<T>(study) {
            Ok(trial) => trial,
            Err(SampleError::Exhausted { .. }) => {
                self.end = Some(End::Exhausted);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let record = self.record(study, &trial)?;
        study.trials += 1;
        Ok(Some((TrialRecord { asked: Some(study.events), ..record }, trial.config)))
    }

    /// A new record of a trial.
    pub(super) fn record<T>(
        &self,
        study: &StudyRecord,
        trial: &crate::agent::Trial<T>,
    ) -> Result<TrialRecord, StudyError> {
        let decisions = self.reader.decisions(trial.trace()).map_err(crate::agent::ConfigError::from)?;
        Ok(TrialRecord {
            number: study.trials,
            space: self.space,
            phase: Phase::Queued,
            config: self.reader.config(&decisions),
            decisions,
            task: trial.task().to_owned(),
            log_prob: trial.log_prob(),
            reward: None,
            error: None,
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

    fn hand_out<T>(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        (mut record, config): (TrialRecord, T),
        now: Millis,
    ) -> Result<Handed<T>, StudyError> {
        record.phase = Phase::Running;
        record.handed += 1;
        record.worker = Some(self.worker.clone());
        (record.beat, record.started, record.ended) = (now, Some(now), None);
        ledger.put_trial(study.id, &record)?;
        let TrialRecord { number, handed: attempt, task, .. } = record;
        Ok(Handed { number, attempt, config, task })
    }

    /// A trial that a worker left, or that waits for one.
    fn claim<T: SearchSpace>(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        now: Millis,
    ) -> Result<Option<Handed<T>>, StudyError> {
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
            match self.reader.trial::<T>(&record) {
                Some(trial) => return Ok(Some(self.hand_out(ledger, study, (record, trial.config), now)?)),
                None => fail(ledger, study, record, "it is not a config of the space any more".to_owned(), now)?,
            }
        }
    }

    /// Writes an outcome down; false where the trial is not this worker's any more.
    fn settle(
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
