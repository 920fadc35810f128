//! One worker's part in a study: what it writes down, what it is handed, and, where it leads, what the strategy is told and asked.

use std::sync::Arc;

use super::StudyError;
use super::heartbeat::AtWork;
use super::leader::{Turn, Written};
use super::options::Options;
use super::outcome::Outcome;
use super::reader::Reader;
use super::replay::Progress;
use super::searching::AnySearching;
use super::store::{Durability, Ledger, Store, StudyRecord, TrialRecord};
use super::vigil::Vigil;
use crate::space::Trace;

/// One worker's part in a study.
pub(super) struct Scheduler {
    pub(super) store: Arc<dyn Store>,
    pub(super) options: Options,
    /// The study's name, its number, and the number of the space.
    pub(super) study: String,
    pub(super) id: i64,
    pub(super) space: i64,
    /// What this worker is called in the store.
    pub(super) worker: String,
    pub(super) reader: Reader,
    /// How far the strategy that this worker has in memory has come.
    pub(super) progress: Option<Progress>,
    /// Whether nothing further is asked for.
    pub(super) end: Option<End>,
    pub(super) stop: Option<Stop>,
    /// The best reward that is known here.
    pub(super) best: Option<f64>,
    pub(super) vigil: Vigil,
    /// What this worker has in hand, for its heartbeat.
    pub(super) at: AtWork,
    /// What went wrong after something was written down: said at the next exchange.
    pub(super) deferred: Option<StudyError>,
}

/// Whether a best reward is good enough.
pub(super) type Stop = Arc<dyn Fn(f64) -> bool + Send + Sync>;

/// Why nothing further is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The best reward is good enough.
    Stopped,
    /// The strategy has nothing new.
    Exhausted,
}

/// The outcome of a trial.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) number: u64,
    pub(super) attempt: u32,
    pub(super) outcome: Outcome,
    /// The last value reported, and its step.
    pub(super) last: Option<(u64, f64)>,
}

/// A trial that this worker is to evaluate.
#[derive(Debug)]
pub(super) struct Handed {
    pub(super) number: u64,
    /// Counted from 1.
    pub(super) attempt: u32,
    pub(super) task: String,
    /// What makes its config: the space and the decisions.
    pub(super) space: usize,
    pub(super) trace: Trace,
}

/// What came of an exchange with the store.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) handed: Vec<Handed>,
    /// Trials whose outcome came too late.
    pub(super) late: Vec<u64>,
    pub(super) study: StudyRecord,
    /// The best trial of all.
    pub(super) best: Option<(u64, f64)>,
}

impl Scheduler {
    /// Writes outcomes down and takes up to `want` trials: what another worker left, what waits for one, and, where this worker
    /// leads, what the strategy proposes after it has learned. The strategy thinks outside of any transaction.
    pub(super) fn exchange(
        &mut self,
        searching: &mut AnySearching<'_>,
        told: &[Told],
        want: usize,
    ) -> Result<Exchange, StudyError> {
        if let Some(error) = self.deferred.take() {
            return Err(error);
        }
        let store = Arc::clone(&self.store);
        let durability = if told.is_empty() { Durability::Soon } else { Durability::Now };
        let first = store.with_durability(durability, |ledger| self.settle_and_claim(ledger, searching, told, want))?;
        let (mut exchange, turn) = first;
        for handed in &exchange.handed {
            self.at.out.add(handed.number, handed.attempt);
        }
        if self.options.pending.is_none() {
            self.consider(exchange.best.map(|(_, reward)| reward));
        }
        let taken = self.take_turns(searching, turn, &mut exchange, want);
        // What was written down is told of before what went wrong then.
        match taken {
            Err(error) if exchange.handed.is_empty() && told.is_empty() => Err(error),
            Err(error) => {
                self.deferred = Some(error);
                Ok(exchange)
            }
            Ok(()) => Ok(exchange),
        }
    }

    /// Lets the strategy learn and propose, again where somebody else wrote meanwhile.
    fn take_turns(
        &mut self,
        searching: &mut AnySearching<'_>,
        mut turn: Option<Turn>,
        exchange: &mut Exchange,
        want: usize,
    ) -> Result<(), StudyError> {
        let store = Arc::clone(&self.store);
        while let Some(taken) = turn {
            let open = want - exchange.handed.len();
            match self.take_turn(searching, taken, open)? {
                Written::Done { study, handed } => {
                    exchange.study = *study;
                    for handed in &handed {
                        self.at.out.add(handed.number, handed.attempt);
                    }
                    exchange.handed.extend(handed);
                    return Ok(());
                }
                Written::Overtaken => {
                    (exchange.study, turn) = store.with(|ledger| self.next_turn(ledger, searching))?;
                }
            }
        }
        Ok(())
    }

    /// Writes one outcome down; an error where it came too late.
    pub(super) fn settle_one(&mut self, searching: &mut AnySearching<'_>, told: Told) -> Result<(), StudyError> {
        let exchange = self.exchange(searching, &[told], 0)?;
        match exchange.late.first() {
            Some(&number) => Err(StudyError::Late { number }),
            None => Ok(()),
        }
    }

    /// Lets the strategy learn all that there is, writes it down, and leaves it to others.
    pub(super) fn leave(&mut self, searching: &mut AnySearching<'_>) -> Result<(), StudyError> {
        let store = Arc::clone(&self.store);
        while let (_, Some(turn)) = store.with(|ledger| self.next_turn(ledger, searching))? {
            if self.take_last_turn(searching, turn)? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Brings the strategy to where the study is, without leading.
    pub(super) fn catch_up(&mut self, searching: &mut AnySearching<'_>) -> Result<(), StudyError> {
        let store = Arc::clone(&self.store);
        let (study, events) = store.with(|ledger| {
            let study = self.current(ledger)?;
            let events = self.events(ledger, &study, searching)?;
            Ok((study, events))
        })?;
        let progress = self.progress.take();
        self.progress = Some(self.replay(searching, &study, progress, &events)?);
        Ok(())
    }

    /// The next trial, waited for where another worker leads; none where the study is at its end.
    pub(super) fn next_trial(&mut self, searching: &mut AnySearching<'_>) -> Result<Option<Handed>, StudyError> {
        const PAUSE: std::time::Duration = std::time::Duration::from_millis(20);
        loop {
            let exchange = self.exchange(searching, &[], 1)?;
            if let Some(handed) = exchange.handed.into_iter().next() {
                return Ok(Some(handed));
            }
            if !self.goes_on(&exchange.study) {
                return Ok(None);
            }
            if exchange.study.lease.as_ref().is_some_and(|lease| lease.holder == self.worker) {
                let pending = self.options.pending.unwrap_or(0);
                let waits = self.store.with(|ledger| self.waits_for(ledger, &exchange.study))?;
                return waits.map_or(Ok(None), |number| Err(StudyError::Waits { number, pending }));
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// What is a matter of the store alone; and, where this worker leads, what it needs for its turn.
    fn settle_and_claim(
        &self,
        ledger: &mut dyn Ledger,
        searching: &AnySearching<'_>,
        told: &[Told],
        want: usize,
    ) -> Result<(Exchange, Option<Turn>), StudyError> {
        let before = self.current(ledger)?;
        let (mut study, now, mut late) = (before.clone(), ledger.now(), Vec::new());
        for told in told {
            if !self.settle(ledger, &mut study, told, now)? {
                late.push(told.number);
            }
        }
        let mut handed = Vec::new();
        while handed.len() < want
            && let Some(trial) = self.claim(ledger, &mut study, &searching.context, now)?
        {
            handed.push(trial);
        }
        if self.may_lead(ledger, &study) {
            self.renew(&mut study, now);
        } else if now.since(study.waiting) > self.lease() / 4 {
            study.waiting = now;
        }
        let best = ledger.best(study.id)?.and_then(|best| Some((best.number, best.reward?)));
        if study != before {
            ledger.put_study(&study)?;
        }
        let turn = self.turn(ledger, &study, searching)?;
        Ok((Exchange { handed, late, study, best }, turn))
    }

    /// The study as it is; an error where others changed what it searches.
    pub(super) fn current(&self, ledger: &mut dyn Ledger) -> Result<StudyRecord, StudyError> {
        let study = ledger.known_study(&self.study)?;
        if study.space != self.space {
            return Err(StudyError::Adapted { study: self.study.clone() });
        }
        Ok(study)
    }

    /// How long the strategy is led without a heartbeat.
    pub(super) fn lease(&self) -> std::time::Duration {
        self.options.abandon / 3
    }

    pub(super) fn may_lead(&self, ledger: &mut dyn Ledger, study: &StudyRecord) -> bool {
        let now = ledger.now();
        study.lease.as_ref().is_none_or(|lease| lease.holder == self.worker || lease.until < now)
    }

    /// Ends the study where a reward is good enough.
    pub(super) fn consider(&mut self, reward: Option<f64>) {
        let is_better = |reward: &f64| self.best.is_none_or(|best| self.options.direction().is_better(*reward, best));
        let Some(reward) = reward.filter(is_better) else { return };
        self.best = Some(reward);
        if self.end.is_none() && self.stop.as_ref().is_some_and(|stop| stop(reward)) {
            self.end = Some(End::Stopped);
        }
    }

    /// Whether further trials are to be made.
    pub(super) fn goes_on(&self, study: &StudyRecord) -> bool {
        self.end.is_none() && self.options.allows(study.trials)
    }

    /// The trial that a deterministic study waits for.
    fn waits_for(&self, ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<Option<u64>, StudyError> {
        let Some(pending) = self.options.pending else { return Ok(None) };
        let ended = ledger.ended(study.id)?.iter().map(|trial| trial.number).min();
        let first = ledger.first_open(study.id)?.into_iter().chain(ended).min();
        Ok(first.filter(|number| number + pending <= study.trials))
    }
}

/// What the record of a trial hands to a worker; none where it makes no config of these spaces.
pub(super) fn handed(reader: &Reader, record: &TrialRecord) -> Option<Handed> {
    let (space, trace) = reader.trace(&record.decisions)?;
    let TrialRecord { number, handed: attempt, ref task, .. } = *record;
    Some(Handed { number, attempt, task: task.clone(), space, trace })
}
