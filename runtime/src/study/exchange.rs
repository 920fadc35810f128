//! What a worker exchanges with the store: it writes down what was told, and takes trials; where it leads, the strategy has a turn.

use std::sync::Arc;
use std::time::Instant;

use super::StudyError;
use super::handed::{Handed, handed};
use super::idle::Pause;
use super::leader::{Turn, Written};
use super::outcome::Outcome;
use super::protocol::{Protocol, Settled};
use super::scheduler::Scheduler;
use super::searching::AnySearching;
use super::store::{Access, Durability, Ledger, RunningRecord, StudyRecord, TrialRecord};
use super::told::Told;

/// What came of an exchange with the store.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) handed: Vec<Handed>,
    /// What became of each outcome.
    pub(super) settled: Vec<(Told, Settled)>,
    pub(super) study: StudyRecord,
    /// The best trial of all.
    pub(super) best: Option<(u64, f64)>,
}

/// The same before trials were read.
struct First {
    settled: Vec<Settled>,
    claimed: Vec<TrialRecord>,
    study: StudyRecord,
    best: Option<(u64, f64)>,
    turn: Option<Turn>,
}

impl Scheduler {
    /// Writes what was told down and takes up to `want` trials: those that wait for a worker, and, where this worker leads, what the
    /// strategy proposes after it has learned. The strategy thinks outside of any transaction. On an error what was told stays in the
    /// outbox.
    pub(super) fn exchange(&mut self, searching: &mut AnySearching<'_>, want: usize) -> Result<Exchange, StudyError> {
        let (mut exchange, turn) = self.trade(searching, want, true)?;
        let taken = turn.and_then(|turn| self.take_turns(searching, turn, &mut exchange, want));
        self.said(exchange, taken)
    }

    /// What of an exchange is a matter of the store alone; and what the strategy needs for its turn, where it is to have one and this
    /// worker leads, or why it cannot have one.
    fn trade(
        &mut self,
        searching: &AnySearching<'_>,
        want: usize,
        has_turn: bool,
    ) -> Result<(Exchange, Result<Option<Turn>, StudyError>), StudyError> {
        if let Some(error) = self.deferred.take() {
            return Err(error);
        }
        let store = Arc::clone(&self.store);
        let dropped = self.at.out.dropped();
        for &(number, attempt) in &dropped {
            let returned = self.told(number, attempt, None);
            if !self.outbox.contains(&returned) {
                self.outbox.push(returned);
            }
        }
        let durability = if self.outbox.is_empty() { Durability::Soon } else { Durability::Now };
        let first = store.with(Access::Shared(durability), |ledger| {
            let first = self.settle_and_claim(ledger, want, has_turn)?;
            let is_led_here = has_turn && first.study.space == self.space;
            let turn = if is_led_here { self.turn(ledger, &first.study, searching)? } else { None };
            Ok(First { turn, ..first })
        })?;
        let First { settled, claimed, study, best, turn } = first;
        let settled: Vec<(Told, Settled)> = std::mem::take(&mut self.outbox).into_iter().zip(settled).collect();
        for (told, _) in &settled {
            self.at.out.remove(told.number, told.attempt);
        }
        self.at.out.handed_back(&dropped);
        let is_of_this_space = study.space == self.space;
        let exchange = Exchange { handed: self.hand_out(searching, claimed), settled, study, best };
        if !is_of_this_space {
            return Ok((exchange, Err(StudyError::Adapted { study: self.protocol.study.clone() })));
        }
        if self.options.pending.is_none() {
            self.consider(exchange.best.map(|(_, reward)| reward));
        }
        self.demand.claimed(exchange.handed.len());
        Ok((exchange, Ok(turn)))
    }

    /// What was written down is told of before what went wrong then.
    fn said(&mut self, exchange: Exchange, done: Result<(), StudyError>) -> Result<Exchange, StudyError> {
        match done {
            Err(error) if exchange.handed.is_empty() && exchange.settled.is_empty() => Err(error),
            Err(error) => {
                self.deferred = Some(error);
                Ok(exchange)
            }
            Ok(()) => Ok(exchange),
        }
    }

    /// Trials that were claimed and are configs of these spaces. The others have failed, which is told of next time.
    fn hand_out(&mut self, searching: &AnySearching<'_>, claimed: Vec<TrialRecord>) -> Vec<Handed> {
        let mut all = Vec::with_capacity(claimed.len());
        for record in claimed {
            if let Some(handed) = handed(&self.reader, &record).filter(|_| self.admits(&searching.context, &record)) {
                self.at.out.add(handed.number, handed.attempt);
                all.push(handed);
            } else {
                let error = "it is not a config of the space any more".to_owned();
                let told = self.told(record.number, record.attempt, Some(Outcome::Failed(error)));
                self.outbox.push(Told { is_last: true, ..told });
            }
        }
        all
    }

    fn told(&self, number: u64, attempt: u32, outcome: Option<Outcome>) -> Told {
        Told { outcome, ..Told::returned(number, attempt, self.protocol.worker.clone()) }
    }

    /// Lets the strategy learn and propose, again where somebody else wrote meanwhile.
    fn take_turns(
        &mut self,
        searching: &mut AnySearching<'_>,
        mut turn: Option<Turn>,
        exchange: &mut Exchange,
        want: usize,
    ) -> Result<(), StudyError> {
        if turn.is_none() && self.becomes_leader(&exchange.study)? {
            (exchange.study, turn) = self.next_turn(searching)?;
        }
        while let Some(taken) = turn {
            let open = want - exchange.handed.len();
            match self.take_turn(searching, taken, open)? {
                Written::Done { study, handed } => {
                    exchange.study = *study;
                    for handed in &handed {
                        self.at.out.add(handed.number, handed.attempt);
                    }
                    exchange.handed.extend(handed);
                    // Who leads makes what it wants.
                    return self.wish(0);
                }
                Written::Overtaken => (exchange.study, turn) = self.next_turn(searching)?,
            }
        }
        self.wish(want - exchange.handed.len())
    }

    /// Says how many trials this worker would take, so that whoever leads makes them.
    fn wish(&mut self, want: usize) -> Result<(), StudyError> {
        if !self.demand.is_news(want) {
            return Ok(());
        }
        let Self { protocol, at, .. } = &*self;
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            ledger.heartbeat(protocol.id, &protocol.worker, at.process.as_deref(), want as u64)?;
            Ok(ledger.notify(protocol.id)?)
        })?;
        self.demand.said(want);
        self.at.wants(want);
        Ok(())
    }

    /// Writes one outcome down, and says what came of it. The strategy learns from it before it proposes again.
    pub(super) fn settle_one(&mut self, searching: &AnySearching<'_>, told: &Told) -> Result<(), StudyError> {
        self.outbox.push(told.clone());
        let settled = self.trade(searching, 0, false);
        let exchange = match settled.and_then(|(exchange, done)| self.said(exchange, done.map(drop))) {
            Ok(exchange) => exchange,
            Err(error) => {
                // It is given back; what was in hand before stays.
                self.outbox.retain(|other| other != told);
                return Err(error);
            }
        };
        let settled = exchange.settled.iter().find(|(other, _)| other == told).map(|(_, settled)| *settled);
        match settled {
            Some(Settled::Foreign) => {
                Err(StudyError::NotHandedOut { number: told.number, study: self.protocol.study.clone() })
            }
            Some(Settled::Beside) => {
                tracing::warn!(trial = told.number, "the trial had ended already; the outcome is recorded beside that");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Lets the strategy learn all that there is, writes it down, and leaves it to others.
    pub(super) fn leave(&mut self, searching: &mut AnySearching<'_>) -> Result<(), StudyError> {
        if !self.outbox.is_empty() {
            self.exchange(searching, 0)?;
        }
        let (mut study, mut turn) = self.next_turn(searching)?;
        if turn.is_none() && self.becomes_leader(&study)? {
            (study, turn) = self.next_turn(searching)?;
        }
        while let Some(taken) = turn {
            if self.take_last_turn(searching, taken)? {
                break;
            }
            (study, turn) = self.next_turn(searching)?;
        }
        tracing::debug!(study = study.name, worker = self.protocol.worker, "this worker leaves");
        self.leading.leave();
        Ok(())
    }

    /// Brings the strategy to where the study is; where this worker leads, with what has ended since it last proposed.
    pub(super) fn catch_up(&mut self, searching: &mut AnySearching<'_>) -> Result<(), StudyError> {
        let mut turn = self.next_turn(searching)?.1;
        while let Some(taken) = turn {
            turn = match self.take_turn(searching, taken, 0)? {
                Written::Done { .. } => return Ok(()),
                Written::Overtaken => self.next_turn(searching)?.1,
            };
        }
        let (study, events) = self.store.read(|ledger| {
            let study = self.current(ledger)?;
            let events = self.events(ledger, &study, searching)?;
            Ok((study, events))
        })?;
        let progress = self.progress.take();
        self.progress = Some(self.replay(searching, &study, progress, &events)?);
        Ok(())
    }

    /// The next trial, waited for where another worker leads or has one that it may yet leave; none where the study is at its end.
    pub(super) fn next_trial(&mut self, searching: &mut AnySearching<'_>) -> Result<Option<Handed>, StudyError> {
        let mut pause = Pause::within(self.lease());
        // Whether nobody else had a trial before the latest exchange: one that ends after an exchange may have been waited for.
        let mut was_alone = false;
        loop {
            let exchange = self.exchange(searching, 1)?;
            if let Some(handed) = exchange.handed.into_iter().next() {
                return Ok(Some(handed));
            }
            if let Some(end) = self.end {
                self.note_ending(end.word())?;
                return Ok(None);
            }
            let open = self.open_trials()?;
            let (is_alone, goes_on) = (open.others == 0, self.goes_on(&exchange.study));
            if is_alone && !goes_on {
                self.note_ending("complete")?;
                return Ok(None);
            }
            if is_alone && self.leading.is_of(&exchange.study.lease) {
                if std::mem::replace(&mut was_alone, true) {
                    let pending = self.options.pending.unwrap_or(0);
                    return open.own.map_or(Ok(None), |number| Err(StudyError::Waits { number, pending }));
                }
                continue;
            }
            was_alone = false;
            self.store.wait(self.protocol.id, pause.next());
        }
    }

    /// The trials that are out.
    fn open_trials(&self) -> Result<Open, StudyError> {
        let Protocol { id, worker, .. } = &self.protocol;
        self.store.read(|ledger| {
            let running = ledger.running(*id)?;
            // What was claimed without this worker's knowledge goes back to the queue.
            let is_own = |held: &RunningRecord| held.worker == *worker && self.at.out.has(held);
            let own = running.iter().find(|held| is_own(held)).map(|held| held.number);
            let others = running.iter().filter(|held| !is_own(held)).count() as u64;
            Ok(Open { own, others: others + ledger.count_queued(*id)? })
        })
    }

    /// With the best trial, or without.
    fn settle_and_claim(&self, ledger: &mut dyn Ledger, want: usize, with_best: bool) -> Result<First, StudyError> {
        let Protocol { id, worker, .. } = &self.protocol;
        let settled = self.outbox.iter().map(|told| self.protocol.settle(ledger, told));
        let settled = settled.collect::<Result<Vec<Settled>, _>>()?;
        let mut study = ledger.known_study(&self.protocol.study)?;
        if study.space != self.space {
            return Ok(First { settled, claimed: Vec::new(), study, best: None, turn: None });
        }
        let claimed = if want > 0 { ledger.claim(*id, worker, want as u64)? } else { Vec::new() };
        if self.leading.is_of(&study.lease) && self.leading.is_due(self.lease()) {
            ledger.renew_lease(*id, study.lease.epoch)?;
            study.lease.heartbeats += 1;
            self.leading.renewed();
        }
        let best = if with_best { ledger.best(*id)? } else { None };
        let best = best.and_then(|best| Some((best.number, best.reward?)));
        Ok(First { settled, claimed, study, best, turn: None })
    }

    /// Becomes the leader where there is none, or who has it is gone.
    fn becomes_leader(&mut self, study: &StudyRecord) -> Result<bool, StudyError> {
        let (lease, span) = (&study.lease, self.lease());
        let Protocol { id, worker, .. } = &self.protocol;
        if !self.leading.may_take(&*self.store, *id, lease, span, Instant::now())? {
            return Ok(false);
        }
        let access = Access::Shared(Durability::Soon);
        let is_taken = self.store.with(access, |ledger| Ok(ledger.take_lease(*id, lease.epoch, Some(worker))?))?;
        if is_taken {
            tracing::info!(study = study.name, worker, from = lease.holder, "this worker leads now");
            if lease.holder.is_some() {
                self.at.say("this process takes over the search, which nobody led any more".to_owned());
            }
            self.leading.take(lease.epoch + 1);
        }
        Ok(is_taken)
    }
}

/// Trials that have not ended.
struct Open {
    /// One that this worker has in hand.
    own: Option<u64>,
    /// How many wait for a worker, or are another one's.
    others: u64,
}
