//! Who gets which trial, and what the searcher is asked and told: all that happens in one transaction.

use std::sync::Arc;

use super::StudyError;
use super::lead::Lead;
use super::outcome::Outcome;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Durability, Ledger, Store, StudyRecord};
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
    pub(super) fn catch_up<T: SearchSpace>(&mut self) -> Result<&S, StudyError>
    where
        S: Searcher<T>,
    {
        let store = Arc::clone(&self.store);
        let mut lead = self.lead.take();
        store.with(|ledger| {
            let study = self.look(ledger)?;
            self.join(ledger, &study, &mut lead).map(drop)
        })?;
        Ok(&self.lead.insert(lead.unwrap_or_else(|| Lead::fresh(self.pristine.clone()))).searcher)
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
        let study = ledger.known_study(&self.study)?;
        if study.space != self.space {
            return Err(StudyError::Adapted { study: self.study.clone() });
        }
        Ok(study)
    }

    /// How long the searcher is held without a sign of life.
    pub(super) fn lease(&self) -> std::time::Duration {
        self.rules.abandon / 3
    }

    pub(super) fn may_lead(&self, ledger: &mut dyn Ledger, study: &StudyRecord) -> bool {
        let now = ledger.now();
        study.lease.as_ref().is_none_or(|lease| lease.holder == self.worker || lease.until < now)
    }
}
