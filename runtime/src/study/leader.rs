//! What the leader of a study does in turns: it reads what has ended, lets the strategy learn and propose in memory, and writes
//! down what came of it, unless somebody else wrote meanwhile.

use std::collections::VecDeque;

use super::StudyError;
use super::handed::{Handed, handed};
use super::progress::Progress;
use super::replay::{Events, outcome};
use super::scheduler::{End, Scheduler};
use super::searching::AnySearching;
use super::store::{Access, Counts, Durability, Ledger, Phase, Snapshot, StudyRecord, TrialRecord};
use crate::agent::SampleError;

/// What a leader needs for a turn.
pub(super) struct Turn {
    study: StudyRecord,
    /// The trials that the strategy was not told of: in the order in which they ended, or, where a study is deterministic, by
    /// number.
    ended: VecDeque<TrialRecord>,
    /// The smallest number of a trial that has not ended.
    first_open: Option<u64>,
    /// How many proposals wait for workers, and how many others say that they would take.
    ready: u64,
    wanted: u64,
    events: Events,
}

/// What came of a turn.
pub(super) enum Written {
    /// It is written down.
    Done { study: Box<StudyRecord>, handed: Vec<Handed> },
    /// Somebody else wrote meanwhile, and nothing of it counts.
    Overtaken,
}

/// What the strategy learned and proposed.
struct Plan {
    before: StudyRecord,
    study: StudyRecord,
    progress: Progress,
    /// The numbers of trials that it was told of, each with the event; and how these ended.
    learned: Vec<(u64, u64)>,
    counts: Counts,
    proposed: Vec<TrialRecord>,
    snapshot: Option<Snapshot>,
    /// What came along from other searches, where it was found that some of it misleads.
    transfer: Option<String>,
}

impl Scheduler {
    /// The study, and what this worker needs to take a turn; none where another one leads.
    pub(super) fn next_turn(&self, searching: &AnySearching<'_>) -> Result<(StudyRecord, Option<Turn>), StudyError> {
        self.store.read(|ledger| {
            let study = self.current(ledger)?;
            let turn = self.turn(ledger, &study, searching)?;
            Ok((study, turn))
        })
    }

    pub(super) fn turn(
        &self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
        searching: &AnySearching<'_>,
    ) -> Result<Option<Turn>, StudyError> {
        if !self.leading.is_of(&study.lease) {
            return Ok(None);
        }
        let others = ledger.workers(study.id)?;
        let others = others.iter().filter(|worker| worker.name != self.protocol.worker);
        // Before those that ended: one that ends in between is not passed over.
        let first_open = ledger.first_open(study.id)?;
        Ok(Some(Turn {
            study: study.clone(),
            ended: ledger.ended(study.id)?.into(),
            first_open,
            ready: ledger.count_queued(study.id)?,
            wanted: others.map(|worker| worker.wants).fold(0, u64::saturating_add),
            events: self.events(ledger, study, searching)?,
        }))
    }

    /// Lets the strategy learn and propose, and writes that down.
    pub(super) fn take_turn(
        &mut self,
        searching: &mut AnySearching<'_>,
        turn: Turn,
        want: usize,
    ) -> Result<Written, StudyError> {
        let known = (self.end, self.best, self.vigil.clone());
        let written = self.think_and_write(searching, turn, want);
        if !matches!(written, Ok(Written::Done { .. })) {
            // What was thought of does not count.
            (self.end, self.best, self.vigil) = known;
        }
        written
    }

    fn think_and_write(
        &mut self,
        searching: &mut AnySearching<'_>,
        turn: Turn,
        want: usize,
    ) -> Result<Written, StudyError> {
        let _thinking = self.at.think(turn.study.lease.epoch);
        let mut plan = self.begin(searching, turn)?;
        let (turn, plan) = (&mut plan.0, &mut plan.1);
        self.learn_due(searching, turn, plan, false);
        while plan.proposed.len() < want
            && let Some(mut record) = self.propose(searching, turn, plan)?
        {
            (record.phase, record.handed, record.attempt) = (Phase::Running, 1, 1);
            record.worker = Some(self.protocol.worker.clone());
            plan.proposed.push(record);
            self.learn_due(searching, turn, plan, false);
        }
        let target = self.demand.target(turn.wanted, turn.ready);
        while turn.ready < target
            && let Some(record) = self.propose(searching, turn, plan)?
        {
            plan.proposed.push(record);
            turn.ready += 1;
            self.learn_due(searching, turn, plan, false);
        }
        if plan.progress.told >= self.options.snapshot_every.max(1) {
            take_snapshot(searching, plan)?;
        }
        self.watch_over(searching, &plan.study);
        let Some((study, proposed)) = self.write(plan, false)? else { return Ok(Written::Overtaken) };
        self.progress = Some(plan.progress);
        self.demand.ready(turn.ready);
        let running = proposed.iter().filter(|record| record.phase == Phase::Running);
        let handed = running.filter_map(|record| handed(&self.reader, record)).collect();
        Ok(Written::Done { study: Box::new(study), handed })
    }

    /// Lets the strategy learn from all that has ended, and writes it down for who leads next; false where somebody else wrote
    /// meanwhile.
    pub(super) fn take_last_turn(&mut self, searching: &mut AnySearching<'_>, turn: Turn) -> Result<bool, StudyError> {
        let _thinking = self.at.think(turn.study.lease.epoch);
        let (mut turn, mut plan) = self.begin(searching, turn)?;
        self.learn_due(searching, &mut turn, &mut plan, true);
        take_snapshot(searching, &mut plan)?;
        let is_written = self.write(&plan, true)?.is_some();
        if is_written {
            self.progress = Some(plan.progress);
        }
        Ok(is_written)
    }

    /// The strategy where the study is. Until the turn is written down, the strategy in memory may know more than the store.
    fn begin(&mut self, searching: &mut AnySearching<'_>, mut turn: Turn) -> Result<(Turn, Plan), StudyError> {
        let events = std::mem::take(&mut turn.events);
        let progress = self.progress.take();
        let progress = self.replay(searching, &turn.study, progress, &events)?;
        let (before, study) = (turn.study.clone(), turn.study.clone());
        let (learned, proposed, counts) = (Vec::new(), Vec::new(), Counts::default());
        let plan = Plan { before, study, progress, learned, counts, proposed, snapshot: None, transfer: None };
        Ok((turn, plan))
    }

    /// Tells the strategy of trials that ended; in a deterministic study, by number, and of none before its time.
    fn learn_due(&mut self, searching: &mut AnySearching<'_>, turn: &mut Turn, plan: &mut Plan, all: bool) {
        let dropped = searching.dropped();
        while let Some(trial) = self.next_due(turn, &plan.study, all) {
            plan.study.events += 1;
            plan.progress.event = plan.study.events;
            plan.progress.told += 1;
            self.tell(searching, &trial);
            self.vigil.note(trial.phase);
            if trial.phase == Phase::Done {
                self.consider(trial.reward);
            }
            plan.learned.push((trial.number, plan.study.events));
            plan.counts.count(trial.phase);
        }
        if searching.dropped() > dropped {
            plan.transfer = searching.transferred().and_then(|report| serde_json::to_string(report).ok());
        }
    }

    fn next_due(&self, turn: &mut Turn, study: &StudyRecord, all: bool) -> Option<TrialRecord> {
        let Some(pending) = self.options.pending else { return turn.ended.pop_front() };
        let number = turn.ended.front()?.number;
        let is_next = turn.first_open.is_none_or(|open| number < open);
        let is_due = all || number + pending <= study.trials || !self.goes_on(study);
        if is_next && is_due { turn.ended.pop_front() } else { None }
    }

    /// Tells the strategy how a trial ended. What it will not learn from is recorded all the same.
    pub(super) fn tell(&self, searching: &mut AnySearching<'_>, record: &TrialRecord) {
        let Some(proposal) = self.reader.proposal(&searching.context, record) else {
            return tracing::warn!(trial = record.number, "a trial is not of this space and teaches nothing");
        };
        let Some(outcome) = outcome(record, self.options.direction(), &self.protocol.objectives) else { return };
        if let Err(error) = searching.learn(&proposal, outcome) {
            tracing::warn!(trial = record.number, ?outcome, %error, "the strategy did not learn from a trial");
        }
    }

    /// A new trial, queued; none where the study is at its end, or a deterministic one waits for a trial.
    fn propose(
        &mut self,
        searching: &mut AnySearching<'_>,
        turn: &Turn,
        plan: &mut Plan,
    ) -> Result<Option<TrialRecord>, StudyError> {
        if !self.goes_on(&plan.study) || self.waits(turn, plan) {
            return Ok(None);
        }
        let proposal = match searching.propose(self.options.confirms(plan.study.trials)) {
            Ok(proposal) => proposal,
            Err(error @ (SampleError::Exhausted { .. } | SampleError::NothingNew { .. })) => {
                tracing::info!(study = plan.study.name, %error, "there is nothing new to propose");
                self.end = Some(End::Exhausted);
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        plan.study.events += 1;
        plan.progress.event = plan.study.events;
        let record = self.record(&plan.study, &searching.context, &proposal)?;
        plan.study.trials += 1;
        Ok(Some(TrialRecord { asked: Some(plan.study.events), ..record }))
    }

    /// Whether a deterministic study has as many trials pending as it may have.
    fn waits(&self, turn: &Turn, plan: &Plan) -> bool {
        let Some(pending) = self.options.pending else { return false };
        let numbers = turn.ended.front().map(|trial| trial.number).into_iter().chain(turn.first_open);
        let first = numbers.chain(plan.proposed.first().map(|trial| trial.number)).min();
        first.is_some_and(|first| first + pending <= plan.study.trials)
    }

    /// Writes a plan down, unless somebody else leads or wrote since it was begun. Gives the study and the proposals as they are now.
    fn write(&self, plan: &Plan, is_last: bool) -> Result<Option<(StudyRecord, Vec<TrialRecord>)>, StudyError> {
        let is_nothing = plan.learned.is_empty() && plan.proposed.is_empty() && plan.snapshot.is_none();
        if is_nothing && !is_last {
            return Ok(Some((plan.study.clone(), Vec::new())));
        }
        let durability = if is_last { Durability::Now } else { Durability::Soon };
        self.store.with(Access::Exclusive(durability), |ledger| self.write_in(ledger, plan, is_last))
    }

    fn write_in(
        &self,
        ledger: &mut dyn Ledger,
        plan: &Plan,
        is_last: bool,
    ) -> Result<Option<(StudyRecord, Vec<TrialRecord>)>, StudyError> {
        let mut study = self.current(ledger)?;
        // What others enqueued has the numbers that the proposals were to have; where these matter, all is thought of again.
        let enqueued = study.trials.saturating_sub(plan.before.trials);
        let is_overtaken = !self.leading.is_of(&study.lease)
            || study.events != plan.before.events
            || (enqueued > 0 && self.options.pending.is_some());
        if is_overtaken {
            return Ok(None);
        }
        let now = ledger.now();
        let proposed = |record: &TrialRecord| {
            let started = (record.phase == Phase::Running).then_some(now);
            TrialRecord { number: record.number + enqueued, started, ..record.clone() }
        };
        let proposed: Vec<TrialRecord> = plan.proposed.iter().map(proposed).collect();
        ledger.put_learned(study.id, &plan.learned)?;
        ledger.put_trials(study.id, &proposed.iter().collect::<Vec<_>>())?;
        if let Some(snapshot) = &plan.snapshot {
            ledger.put_snapshot(study.id, snapshot)?;
        }
        (study.events, study.trials) = (plan.study.events, plan.study.trials + enqueued);
        if !proposed.is_empty() {
            study.ending = None;
        }
        study.transfer = plan.transfer.clone().or(study.transfer);
        ledger.put_study(&study, plan.counts)?;
        if is_last {
            ledger.take_lease(study.id, study.lease.epoch, None)?;
            if self.at.out.is_empty() {
                ledger.remove_worker(study.id, &self.protocol.worker)?;
            }
        } else if proposed.iter().any(|record| record.phase == Phase::Queued) {
            ledger.notify(study.id)?;
        }
        Ok(Some((study, proposed)))
    }

    /// Says once what somebody should know.
    fn watch_over(&mut self, searching: &AnySearching<'_>, study: &StudyRecord) {
        for warning in self.vigil.warnings(study.done, || searching.importance()) {
            tracing::warn!(study = study.name, "{warning}");
        }
    }
}

/// Has the plan write the strategy down, where it has a form for that.
fn take_snapshot(searching: &AnySearching<'_>, plan: &mut Plan) -> Result<(), StudyError> {
    plan.progress.told = 0;
    let Some(bytes) = searching.snapshot()? else { return Ok(()) };
    let (study, event) = (&plan.study.name, plan.progress.event);
    tracing::debug!(study, event, bytes = bytes.len(), "the strategy is written down");
    plan.snapshot = Some(Snapshot { event, bytes });
    Ok(())
}
