//! What a worker and a store say to each other: a trial is claimed by an attempt, and what is told carries the attempt.
//!
//! The first attempt of a trial that ends counts, however late; what another one tells after that is recorded beside it. Each of these is a
//! function of what it reads, so that it may be done again.

use super::outcome::Outcome;
use super::store::{AttemptEnd, AttemptRecord, Ledger, Measured, Phase, StoreError, TrialRecord};
use super::told::Told;
use super::{Objective, StudyError};

/// A worker's part in a study.
#[derive(Debug, Clone)]
pub(super) struct Protocol {
    /// The study's number and name.
    pub(super) id: i64,
    pub(super) study: String,
    /// What this worker is called in the store.
    pub(super) worker: String,
    /// How often a failed trial is tried again.
    pub(super) retries: u32,
    /// What the study searches for; empty where that is one objective.
    pub(super) objectives: Vec<Objective>,
}

/// What became of something that was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It is the trial's outcome, or one of its failures.
    Counts,
    /// It was told before.
    Again,
    /// The trial had ended; it is recorded beside that.
    Beside,
    /// No such attempt was ever handed out.
    Foreign,
}

/// How an attempt ended, as it is written down.
#[derive(Debug, Clone, PartialEq)]
struct Ended {
    end: AttemptEnd,
    reward: Option<f64>,
    measured: Measured,
    step: Option<u64>,
    error: Option<String>,
    severity: Option<f64>,
}

impl Ended {
    /// Of which nothing was told.
    fn nothing(end: AttemptEnd) -> Self {
        Self { end, reward: None, measured: Measured::default(), step: None, error: None, severity: None }
    }

    fn of(told: &Told, objectives: &[Objective]) -> Self {
        let nothing = Self::nothing(AttemptEnd::Returned);
        let Some(outcome) = told.outcome.clone().filter(|outcome| *outcome != Outcome::Cancelled) else {
            return nothing;
        };
        let measured = Measured { values: Vec::new(), constraints: told.constraints.clone() };
        let nothing = Self { measured, ..nothing };
        let failed =
            |error, severity| Self { end: AttemptEnd::Failed, error: Some(error), severity, ..nothing.clone() };
        match outcome.checked(objectives) {
            Outcome::Reward(reward) => nothing.done(vec![reward], false),
            Outcome::Scores(values) => nothing.done(values.into_iter().map(|(_, value)| value).collect(), true),
            Outcome::Cancelled => nothing,
            Outcome::Pruned => {
                let (step, reward) = told.last.unzip();
                Self { end: AttemptEnd::Pruned, step, reward, ..nothing }
            }
            Outcome::Failed(error) => failed(error, None),
            Outcome::FailedBy { error, severity } => failed(error, Some(severity)),
        }
    }

    /// At its end with these values. The first one is the reward, unless a limit is exceeded: then there is none.
    fn done(self, values: Vec<f64>, are_several: bool) -> Self {
        let is_violated = self.measured.violation().is_some();
        let reward = values.first().copied().filter(|_| !is_violated);
        let values = if are_several || is_violated { values } else { Vec::new() };
        let measured = Measured { values, ..self.measured };
        Self { end: AttemptEnd::Done, reward, measured, ..self }
    }

    /// Where its trial stands then; none where that goes on.
    fn phase(&self) -> Option<Phase> {
        match self.end {
            AttemptEnd::Done => Some(Phase::Done),
            AttemptEnd::Pruned => Some(Phase::Pruned),
            AttemptEnd::Failed => Some(Phase::Failed),
            AttemptEnd::Lost | AttemptEnd::Returned => None,
        }
    }
}

impl Protocol {
    /// An error where the study has other objectives than these. Of what is known only once it is told, nothing is said.
    pub(super) fn must_have(&self, found: Option<&[Objective]>) -> Result<(), StudyError> {
        let is_same =
            |(one, other): (&Objective, &Objective)| (one.name(), one.direction()) == (other.name(), other.direction());
        let own = &self.objectives;
        let are_same = |found: &[Objective]| found.len() == own.len() && found.iter().zip(own).all(is_same);
        let Some(found) = found.filter(|found| !are_same(found)) else { return Ok(()) };
        let names = |objectives: &[Objective]| objectives.iter().map(Objective::to_string).collect();
        Err(StudyError::OtherObjectives { study: self.study.clone(), objectives: names(own), found: names(found) })
    }

    /// Writes down what was told.
    pub(super) fn settle(&self, ledger: &mut dyn Ledger, told: &Told) -> Result<Settled, StoreError> {
        let Some(record) = ledger.trial(self.id, told.number)? else { return Ok(Settled::Foreign) };
        let is_its_own = record.attempt == told.attempt && record.worker.as_ref() == Some(&told.worker);
        if is_its_own && record.phase == Phase::Running {
            return self.settle_current(ledger, record, told);
        }
        let before = ledger.attempt(self.id, told.number, told.attempt)?;
        match before.filter(|before| before.worker == told.worker) {
            // What was handed back, and was computed all the same, is not lost either.
            Some(before) if before.end == AttemptEnd::Lost || (before.end == AttemptEnd::Returned && told.ends()) => {
                self.settle_late(ledger, record, before, told)
            }
            Some(_) => Ok(Settled::Again),
            None if is_its_own && record.phase.is_final() => Ok(Settled::Again),
            None => Ok(Settled::Foreign),
        }
    }

    fn settle_current(
        &self,
        ledger: &mut dyn Ledger,
        mut record: TrialRecord,
        told: &Told,
    ) -> Result<Settled, StoreError> {
        let ended = Ended::of(told, &self.objectives);
        let is_over = self.apply(&mut record, &ended, told.is_last);
        record.ended = Some(ledger.now());
        if !is_over {
            let attempt = attempt(&record, told.attempt, ended);
            if let Some(error) = &attempt.error {
                tracing::warn!(study = self.study, trial = record.number, error, "a trial failed and is tried again");
            }
            ledger.put_attempt(self.id, &attempt)?;
            (record.phase, record.ended) = (Phase::Queued, None);
        }
        ledger.put_trial(self.id, &record)?;
        Ok(Settled::Counts)
    }

    /// What an attempt tells that was taken from its worker.
    fn settle_late(
        &self,
        ledger: &mut dyn Ledger,
        mut record: TrialRecord,
        before: AttemptRecord,
        told: &Told,
    ) -> Result<Settled, StoreError> {
        let how = Ended::of(told, &self.objectives);
        let Ended { end, reward, measured, step, error, severity } = how.clone();
        let ended = Some(ledger.now());
        let late = AttemptRecord { ended, end, reward, measured, step, error, severity, ..before };
        ledger.put_attempt(self.id, &late)?;
        if record.phase.is_final() {
            return Ok(Settled::Beside);
        }
        let other = (record.phase == Phase::Running).then(|| lost(&record));
        if self.apply(&mut record, &how, told.is_last) {
            // It was the first to end; who has the trial now may tell of it, too.
            other.map(|other| ledger.put_attempt(self.id, &other)).transpose()?;
            (record.attempt, record.worker) = (late.attempt, Some(late.worker.clone()));
            (record.started, record.ended) = (late.started, ended);
        }
        ledger.put_trial(self.id, &record)?;
        Ok(Settled::Counts)
    }

    /// Has a trial end that way; false where it goes on.
    fn apply(&self, record: &mut TrialRecord, ended: &Ended, is_last: bool) -> bool {
        let Some(phase) = ended.phase() else { return false };
        (record.error, record.severity) = (ended.error.clone(), ended.severity);
        if phase == Phase::Failed {
            record.failures = record.failures.saturating_add(1);
            if record.failures <= self.retries && !is_last {
                return false;
            }
            tracing::warn!(study = self.study, trial = record.number, error = ended.error, "a trial failed");
        } else {
            tracing::debug!(study = self.study, trial = record.number, reward = ended.reward, ?phase, "a trial ended");
        }
        (record.phase, record.reward, record.step) = (phase, ended.reward, ended.step);
        record.measured.clone_from(&ended.measured);
        true
    }

    /// Takes the trials of a worker that is gone away from it. How many these were.
    pub(super) fn give_up(&self, ledger: &mut dyn Ledger, worker: &str) -> Result<usize, StoreError> {
        let running = ledger.running(self.id)?;
        let mut count = 0;
        for held in running.into_iter().filter(|held| held.worker == worker) {
            let Some(record) = ledger.trial(self.id, held.number)? else { continue };
            // It may have ended since.
            if record.phase == Phase::Running && record.attempt == held.attempt {
                self.take_back(ledger, record)?;
                count += 1;
            }
        }
        // Nor does it lead any more.
        let lease = ledger.study(&self.study)?.map(|study| study.lease);
        if let Some(lease) = lease.filter(|lease| lease.is_held_by(worker)) {
            ledger.take_lease(self.id, lease.epoch, None)?;
        }
        ledger.remove_worker(self.id, worker)?;
        Ok(count)
    }

    fn take_back(&self, ledger: &mut dyn Ledger, mut record: TrialRecord) -> Result<(), StoreError> {
        ledger.put_attempt(self.id, &lost(&record))?;
        if record.handed > ABANDONED.saturating_add(self.retries) {
            let error = format!("{} workers that had it gave no further heartbeat", record.handed);
            return self.fail(ledger, record, error);
        }
        record.phase = Phase::Queued;
        ledger.put_trial(self.id, &record)
    }

    /// Writes down that a trial failed for good.
    pub(super) fn fail(&self, ledger: &mut dyn Ledger, record: TrialRecord, error: String) -> Result<(), StoreError> {
        tracing::warn!(study = self.study, trial = record.number, error, "a trial failed");
        let ended = Some(ledger.now());
        ledger.put_trial(self.id, &TrialRecord { phase: Phase::Failed, error: Some(error), ended, ..record })
    }
}

/// How often a trial may be left by its worker before it counts as failed: it may be what ends the workers.
const ABANDONED: u32 = 10;

/// The attempt that a trial is at, as one of which nothing was told.
fn lost(record: &TrialRecord) -> AttemptRecord {
    AttemptRecord { ended: None, ..attempt(record, record.attempt, Ended::nothing(AttemptEnd::Lost)) }
}

fn attempt(record: &TrialRecord, attempt: u32, ended: Ended) -> AttemptRecord {
    let Ended { end, reward, measured, step, error, severity } = ended;
    let worker = record.worker.clone().unwrap_or_default();
    let TrialRecord { number: trial, started, ended, .. } = *record;
    AttemptRecord { trial, attempt, worker, started, ended, end, reward, measured, step, error, severity }
}
