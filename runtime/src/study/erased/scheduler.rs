//! A study in a store, as workers see it that do not know its type.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::config::Configs;
use super::{Assignment, Claimed, Held, Standing};
use crate::study::curves::Curves;
use crate::study::handed::is_repetition;
use crate::study::heartbeat::{AtWork, Heartbeats};
use crate::study::observer::Observer;
use crate::study::options::{Options, SharedOptions};
use crate::study::patience::Patient;
use crate::study::protocol::{Protocol, Settled};
use crate::study::pruner::{Pruner, PrunerRule};
use crate::study::store::{
    Access, Constraint, Durability, Ledger, NoteRecord, Phase, Store, StudyRecord, TrialRecord, ValueRecord,
};
use crate::study::told::Told;
use crate::study::{Objective, Outcome, StoreError, StudyError, rescue};

/// A study in a store, as workers see it that do not know its type.
pub(crate) struct ErasedScheduler {
    pub(super) store: Arc<dyn Store>,
    pub(super) id: i64,
    pub(super) study: String,
    /// What the study searches for, where that is several objectives.
    pub(super) objectives: Vec<Objective>,
    pub(super) known: Mutex<Known>,
    pub(super) curves: Mutex<Curves>,
    /// In place of what the study's shared options say.
    pub(super) pruner: Option<Arc<dyn Pruner>>,
    pub(super) retries: Option<u32>,
}

/// What was last read of the study.
pub(super) struct Known {
    configs: Arc<Configs>,
    written: Option<String>,
    shared_options: SharedOptions,
}

impl Known {
    /// Takes in the study as it is now.
    fn update(&mut self, ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<(), StudyError> {
        if self.written != study.shared_options {
            self.shared_options = shared_options(study);
            self.written.clone_from(&study.shared_options);
        }
        if self.configs.id != study.space {
            self.configs = Arc::new(configs(ledger, study)?);
        }
        Ok(())
    }
}

fn shared_options(study: &StudyRecord) -> SharedOptions {
    let read = study.shared_options.as_deref().and_then(|shared_options| serde_json::from_str(shared_options).ok());
    read.unwrap_or_else(|| Options::default().shared_options())
}

fn configs(ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<Configs, StudyError> {
    let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
    Ok(Configs::new(study.space, space, study.objectives.clone()))
}

impl ErasedScheduler {
    /// Takes in what others, or this worker in an earlier life, could not write down.
    pub(crate) fn take_in(&self, worker: &str) -> Result<usize, StudyError> {
        rescue::take_in(&*self.store, &self.protocol(worker))
    }

    /// A study that must be there. What its store cannot do for the moment is tried again for as long as a worker may be silent.
    pub(crate) fn open(store: Arc<dyn Store>, study: &str) -> Result<Self, StudyError> {
        let known = |ledger: &mut dyn Ledger| {
            let study = ledger.known_study(study)?;
            let configs = Arc::new(configs(ledger, &study)?);
            Ok((
                study.id,
                study.objectives.clone(),
                Known { configs, written: study.shared_options.clone(), shared_options: shared_options(&study) },
            ))
        };
        let (id, objectives, known) = store.read(known)?;
        let patience = Duration::from_millis(known.shared_options.abandon_after);
        let store: Arc<dyn Store> = Arc::new(Patient::new(store, patience));
        let (known, curves) = (Mutex::new(known), Mutex::default());
        let study = study.to_owned();
        Ok(Self { store, id, study, objectives, known, curves, pruner: None, retries: None })
    }

    /// Has failed trials tried again so often, whatever the study's shared options say.
    pub(crate) fn with_retries(self, retries: Option<u32>) -> Self {
        Self { retries, ..self }
    }

    /// The study's name.
    pub(crate) fn study(&self) -> &str {
        &self.study
    }

    /// How long a worker may give no heartbeat.
    pub(crate) fn abandon_after(&self) -> Duration {
        Duration::from_millis(self.known().shared_options.abandon_after)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A worker's part in the protocol.
    pub(crate) fn protocol(&self, worker: &str) -> Protocol {
        let retries = self.retries.unwrap_or_else(|| self.known().shared_options.retries);
        let (study, objectives) = (self.study.clone(), self.objectives.clone());
        Protocol { id: self.id, study, worker: worker.to_owned(), retries, objectives }
    }

    /// What gives heartbeats of a worker in this process and sees who of the others is gone.
    pub(crate) fn heartbeats(&self, worker: &str, at: AtWork) -> Heartbeats {
        let (store, protocol, abandon) = (Arc::clone(&self.store), self.protocol(worker), self.abandon_after());
        Heartbeats { store, protocol, abandon, at, observer: Observer::default(), unknown: Vec::new() }
    }

    /// Up to `want` trials that wait for a worker. Never waits itself: see [`wait`](Self::wait).
    pub(crate) fn claim(&self, worker: &str, want: u64) -> Result<Claimed, StudyError> {
        // Who asks often and finds nothing does not write.
        let (queued, ending) =
            self.store.read(|ledger| Ok((ledger.count_queued(self.id)?, ledger.known_study(&self.study)?.ending)))?;
        if queued == 0 {
            return Ok(ending.map_or(Claimed::Nothing, Claimed::Ended));
        }
        let (mut claimed, ending) = self.claim_each(&[(worker, want)])?;
        Ok(match (claimed.pop().unwrap_or_default(), ending) {
            (trials, _) if !trials.is_empty() => Claimed::Trials(trials),
            (_, Some(ending)) => Claimed::Ended(ending),
            _ => Claimed::Nothing,
        })
    }

    /// Trials for several workers, for each up to so many, the first ones first; and why there are no more, where there never will be.
    pub(crate) fn claim_each(
        &self,
        workers: &[(&str, u64)],
    ) -> Result<(Vec<Vec<Assignment>>, Option<String>), StudyError> {
        self.claim_each_and(workers, |_, _, _| Ok(()))
    }

    /// The same, and something more in the same transaction, by the number of the study and what was claimed.
    pub(crate) fn claim_each_and(
        &self,
        workers: &[(&str, u64)],
        also: impl Fn(&mut dyn Ledger, i64, &[Vec<TrialRecord>]) -> Result<(), StudyError>,
    ) -> Result<(Vec<Vec<Assignment>>, Option<String>), StudyError> {
        let (claimed, ending, configs) = self.store.with(Access::Shared(Durability::Soon), |ledger| {
            let study = ledger.known_study(&self.study)?;
            let configs = {
                let mut known = self.known();
                known.update(ledger, &study)?;
                Arc::clone(&known.configs)
            };
            let mut left = ledger.count_queued(self.id)?;
            let mut claimed: Vec<Vec<TrialRecord>> = Vec::with_capacity(workers.len());
            for (worker, want) in workers {
                let trials = if left > 0 { ledger.claim(self.id, worker, *want)? } else { Vec::new() };
                left = left.saturating_sub(trials.len() as u64);
                claimed.push(trials);
            }
            also(ledger, self.id, &claimed)?;
            Ok((claimed, study.ending, configs))
        })?;
        let assigned = |trials: Vec<TrialRecord>| {
            trials.iter().map(|record| configs.assignment(&self.study, record)).collect::<Vec<_>>()
        };
        Ok((claimed.into_iter().map(assigned).collect(), ending))
    }

    /// Waits until something changed in the study, at most so long.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        self.store.wait(self.id, patience)
    }

    /// Says how many trials a worker would take, so that whoever leads makes them; that is a heartbeat, too.
    pub(crate) fn wish(&self, worker: &str, process: Option<&str>, wants: u64) -> Result<(), StudyError> {
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            ledger.heartbeat(self.id, worker, process, wants)?;
            Ok(ledger.notify(self.id)?)
        })
    }

    /// A worker leaves: what it has goes to others.
    pub(crate) fn sign_out(&self, worker: &str) -> Result<(), StudyError> {
        let protocol = self.protocol(worker);
        self.store.with(Access::Shared(Durability::Soon), |ledger| {
            let running = ledger.running(self.id)?;
            for held in running.into_iter().filter(|held| held.worker == worker) {
                let (number, attempt, worker) = (held.number, held.attempt, held.worker);
                protocol.settle(ledger, &Told::returned(number, attempt, worker))?;
            }
            ledger.remove_worker(self.id, worker)?;
            Ok(ledger.notify(self.id)?)
        })
    }

    /// The trial of a number, if it is running and in a worker's hands.
    pub(crate) fn assignment(&self, held: &Held) -> Result<Option<Assignment>, StudyError> {
        let record = self.store.read(|ledger| Ok(ledger.trial(self.id, held.trial)?))?;
        let record = record.filter(|record| is_current(record, held));
        Ok(record.map(|record| Arc::clone(&self.known().configs).assignment(&self.study, &record)))
    }

    /// Keeps a value; NaN counts as the worst of all. Says what is to become of the attempt.
    pub(crate) fn report(&self, held: &Held, step: u64, value: f64) -> Result<Standing, StudyError> {
        let (record, study) = self.store.with(Access::Shared(Durability::Later), |ledger| {
            let study = ledger.known_study(&self.study)?;
            let record = self.known_trial(ledger, held)?;
            let value = if value.is_nan() { -study.direction.sign() * f64::INFINITY } else { value };
            let value = ValueRecord { row: 0, trial: held.trial, attempt: held.attempt, step, value };
            ledger.add_value(self.id, &value)?;
            Ok((record, study))
        })?;
        let is_current = is_current(&record, held);
        Ok(Standing { prunes: is_current && !is_repetition(&record) && self.prunes(&study, held)?, is_current })
    }

    fn prunes(&self, study: &StudyRecord, held: &Held) -> Result<bool, StudyError> {
        let rule = self.known().shared_options.pruner.clone();
        let by_rule = rule.as_ref().map(PrunerRule::pruner);
        let Some(pruner) = self.pruner.as_deref().or(by_rule) else { return Ok(false) };
        let mut curves = self.curves.lock().unwrap_or_else(PoisonError::into_inner);
        curves.read(&*self.store, self.id)?;
        let own = curves.of(held.trial, held.attempt).cloned().unwrap_or_default();
        Ok(curves.prunes(pruner, study.direction, held.trial, &own))
    }

    /// Keeps a note of an attempt.
    pub(crate) fn note(&self, held: &Held, key: &str, value: &serde_json::Value) -> Result<(), StudyError> {
        let (trial, attempt) = (held.trial, held.attempt);
        let note = NoteRecord { trial, attempt, key: key.to_owned(), value: value.to_string() };
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            self.known_trial(ledger, held)?;
            Ok(ledger.put_note(self.id, &note)?)
        })
    }

    /// Writes an outcome down; the same told again is the same as told once. One of an attempt that was never handed out is an error.
    pub(crate) fn tell(
        &self,
        held: &Held,
        outcome: &Outcome,
        constraints: &[Constraint],
    ) -> Result<Settled, StudyError> {
        self.tell_with(held, outcome, constraints, None)
    }

    /// The same; where the worker says so, a trial that fails is tried again so often, whatever the study's shared options say.
    pub(crate) fn tell_with(
        &self,
        held: &Held,
        outcome: &Outcome,
        constraints: &[Constraint],
        retries: Option<u32>,
    ) -> Result<Settled, StudyError> {
        // An outcome does not wait for what it reported.
        let last = if matches!(outcome, Outcome::Pruned) { self.last(held).ok().flatten() } else { None };
        let outcome = (*outcome != Outcome::Cancelled).then(|| outcome.clone());
        let (number, attempt, worker) = (held.trial, held.attempt, held.worker.clone());
        let constraints = constraints.to_vec();
        let told = Told { number, attempt, worker, outcome, last, constraints, is_last: false };
        let settled = self.store.with(Access::Shared(Durability::Now), |ledger| {
            let study = ledger.known_study(&self.study)?;
            self.known().update(ledger, &study)?;
            let mut protocol = self.protocol(&held.worker);
            protocol.retries = retries.unwrap_or(protocol.retries);
            let settled = protocol.settle(ledger, &told)?;
            ledger.notify(self.id)?;
            Ok(settled)
        });
        let rescue = || rescue::keep(&*self.store, &self.protocol(&held.worker), std::slice::from_ref(&told));
        let settled = settled.inspect_err(|_| rescue())?;
        if settled == Settled::Foreign { Err(self.foreign(number)) } else { Ok(settled) }
    }

    /// The last value that an attempt reported.
    fn last(&self, held: &Held) -> Result<Option<(u64, f64)>, StudyError> {
        let mut curves = self.curves.lock().unwrap_or_else(PoisonError::into_inner);
        curves.read(&*self.store, self.id)?;
        let curve = curves.of(held.trial, held.attempt);
        Ok(curve.and_then(|curve| curve.last_key_value()).map(|(step, value)| (*step, *value)))
    }

    /// The trial of an attempt that was handed out.
    fn known_trial(&self, ledger: &mut dyn Ledger, held: &Held) -> Result<TrialRecord, StudyError> {
        match ledger.trial(self.id, held.trial)? {
            Some(record) if knows(ledger, self.id, &record, held)? => Ok(record),
            _ => Err(self.foreign(held.trial)),
        }
    }

    fn foreign(&self, number: u64) -> StudyError {
        StudyError::NotHandedOut { number, study: self.study.clone() }
    }
}

/// Whether an attempt is its trial's own.
fn is_current(record: &TrialRecord, held: &Held) -> bool {
    record.phase == Phase::Running && record.attempt == held.attempt && record.worker.as_ref() == Some(&held.worker)
}

/// Whether such an attempt was handed to that worker.
fn knows(ledger: &mut dyn Ledger, id: i64, record: &TrialRecord, held: &Held) -> Result<bool, StudyError> {
    if record.attempt == held.attempt {
        return Ok(record.worker.as_ref() == Some(&held.worker));
    }
    let other = ledger.attempt(id, held.trial, held.attempt)?;
    Ok(other.is_some_and(|other| other.worker == held.worker))
}
