//! Who gets which trial, and what the searcher is asked and told: all that happens in one transaction.

use std::sync::Arc;

use super::StudyError;
use super::lead::Progress;
use super::outcome::Outcome;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Durability, Ledger, Store, StudyRecord};
use super::untyped::Untyped;

/// One worker's part in a study.
pub(super) struct Desk {
    pub(super) store: Arc<dyn Store>,
    pub(super) rules: Rules,
    /// The study's name, its number, and the number of the space.
    pub(super) study: String,
    pub(super) id: i64,
    pub(super) space: i64,
    /// What this worker is called in the store.
    pub(super) worker: String,
    pub(super) reader: Reader,
    /// How far the searcher that this worker holds has come.
    pub(super) progress: Option<Progress>,
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

/// A trial that this worker is to evaluate. The searcher has its config.
#[derive(Debug)]
pub(super) struct Handed {
    pub(super) number: u64,
    /// The how-manieth hand-out of the trial it is.
    pub(super) attempt: u32,
    pub(super) task: String,
}

/// What came of a transaction.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) handed: Vec<Handed>,
    /// Trials whose outcome came too late.
    pub(super) late: Vec<u64>,
    pub(super) study: StudyRecord,
    /// The best trial of all.
    pub(super) best: Option<(u64, f64)>,
}

impl Desk {
    /// Writes outcomes down, lets the searcher learn from them where this worker holds it, and takes up to `want` trials:
    /// what another worker left, what waits for one, what the searcher proposes.
    pub(super) fn exchange(
        &mut self,
        searcher: &mut dyn Untyped,
        told: &[Told],
        want: usize,
    ) -> Result<Exchange, StudyError> {
        let store = Arc::clone(&self.store);
        // Where the transaction fails, the searcher may know more than the store: it is fetched again.
        let progress = self.progress.take();
        let durability = if told.is_empty() { Durability::Soon } else { Durability::Now };
        let work = |ledger: &mut dyn Ledger| self.within(ledger, searcher, progress, told, want);
        let (exchange, progress) = store.with_durability(durability, work)?;
        self.progress = progress;
        Ok(exchange)
    }

    /// Writes one outcome down; an error where it came too late.
    pub(super) fn settle_one(&mut self, searcher: &mut dyn Untyped, told: Told) -> Result<(), StudyError> {
        let exchange = self.exchange(searcher, &[told], 0)?;
        match exchange.late.first() {
            Some(&number) => Err(StudyError::Late { number }),
            None => Ok(()),
        }
    }

    /// Lets the searcher learn all that there is, writes it down, and leaves it to others.
    pub(super) fn leave(&mut self, searcher: &mut dyn Untyped) -> Result<(), StudyError> {
        let store = Arc::clone(&self.store);
        let progress = self.progress.take();
        self.progress = store.lastingly(|ledger| {
            let mut study = self.look(ledger)?;
            if !self.may_lead(ledger, &study) {
                return Ok(progress);
            }
            let mut lead = self.join(ledger, &study, searcher, progress)?;
            while let Some(trial) = self.next_to_learn(ledger, &study, true)? {
                self.tell(&mut lead, ledger, &mut study, trial)?;
            }
            lead.keep_now(ledger, &study)?;
            study.lease = None;
            ledger.put_study(&study)?;
            Ok(Some(lead.progress))
        })?;
        Ok(())
    }

    /// Brings the searcher to where the study is, without holding it.
    pub(super) fn catch_up(&mut self, searcher: &mut dyn Untyped) -> Result<(), StudyError> {
        let store = Arc::clone(&self.store);
        let progress = self.progress.take();
        let lead = store.with(|ledger| {
            let study = self.look(ledger)?;
            self.join(ledger, &study, searcher, progress)
        })?;
        self.progress = Some(lead.progress);
        Ok(())
    }

    /// The next trial, waited for where another worker holds the searcher; none where the study is at its end.
    pub(super) fn next_trial(&mut self, searcher: &mut dyn Untyped) -> Result<Option<Handed>, StudyError> {
        const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
        loop {
            let exchange = self.exchange(searcher, &[], 1)?;
            if let Some(handed) = exchange.handed.into_iter().next() {
                return Ok(Some(handed));
            }
            if !self.goes_on(&exchange.study) {
                return Ok(None);
            }
            if self.progress.is_some() {
                let pending = self.rules.pending.unwrap_or(0);
                let waits = self.store.with(|ledger| self.waits_for(ledger, &exchange.study))?;
                return waits.map_or(Ok(None), |number| Err(StudyError::Waits { number, pending }));
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn within(
        &mut self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        mut progress: Option<Progress>,
        told: &[Told],
        want: usize,
    ) -> Result<(Exchange, Option<Progress>), StudyError> {
        let before = self.look(ledger)?;
        let (mut study, now, mut late) = (before.clone(), ledger.now(), Vec::new());
        for told in told {
            if !self.settle(ledger, &mut study, told, now)? {
                late.push(told.number);
            }
        }
        let mut handed = Vec::new();
        while handed.len() < want
            && let Some(trial) = self.claim(ledger, &mut study, searcher, now)?
        {
            handed.push(trial);
        }
        if self.may_lead(ledger, &study) {
            progress = Some(self.lead(ledger, &mut study, searcher, progress, &mut handed, want)?);
        } else {
            progress = None;
            searcher.reset();
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
        Ok((Exchange { handed, late, study, best }, progress))
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
