//! Going on with a study whose type has changed: the strategy by names, and the trials under the names of now.

use super::StudyError;
use super::differences::Differences;
use super::progress::Progress;
use super::replay::Events;
use super::scheduler::Scheduler;
use super::searching::AnySearching;
use super::store::{Access, Counts, Durability, Ledger, Snapshot, SpaceRecord, StudyRecord, TrialRecord};
use crate::space::Space;

/// How many of the best configs so far are tried first.
const STARTS: usize = 10;

/// What changed of a type.
pub(super) struct Change<'a> {
    differences: Differences,
    space: &'a SpaceRecord,
}

impl<'a> Change<'a> {
    pub(super) fn between(old: &SpaceRecord, now: Space, space: &'a SpaceRecord) -> Self {
        Self { differences: Differences::between(old, &now.states()), space }
    }

    /// Whether it is more than one of names that `alias` tells of.
    pub(super) fn is_one(&self) -> bool {
        !self.differences.changed.is_empty()
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.differences.all()
    }
}

/// What a study is when its type changes.
struct Before {
    study: StudyRecord,
    trials: Vec<TrialRecord>,
    snapshot: Option<Snapshot>,
    events: Events,
}

/// What becomes of it.
struct After {
    progress: Option<Progress>,
    transfer: Option<String>,
    snapshot: Option<Snapshot>,
    /// Trials under the names of now.
    renamed: Vec<TrialRecord>,
    /// The numbers of trials that wait or run, and are no configs of the changed space.
    strangers: Vec<u64>,
}

impl Scheduler {
    /// Goes on with a changed type; false where somebody else wrote meanwhile.
    pub(super) fn adapt(
        &mut self,
        searching: &mut AnySearching<'_>,
        study: &StudyRecord,
        change: &Change<'_>,
    ) -> Result<bool, StudyError> {
        let mut before = self.store.read(|ledger| self.read_before(ledger, searching, study, change))?;
        let mut after = self.carry_over(searching, &mut before, change)?;
        self.rename(searching, &before, &mut after);
        let this = &*self;
        let space = this.store.with(Access::Exclusive(Durability::Now), |ledger| {
            this.write_adapted(ledger, &before.study, &after, change)
        })?;
        let Some(space) = space else { return Ok(false) };
        (self.space, self.progress) = (space, after.progress);
        Ok(true)
    }

    fn read_before(
        &self,
        ledger: &mut dyn Ledger,
        searching: &AnySearching<'_>,
        study: &StudyRecord,
        change: &Change<'_>,
    ) -> Result<Before, StudyError> {
        let study = ledger.known_study(&study.name)?;
        let snapshot = ledger.snapshot(study.id)?.filter(|_| searching.has_snapshots());
        // Where only names changed, all happens as it did; otherwise what came after the snapshot is told.
        let events = match &snapshot {
            None => Events::default(),
            Some(_) if !change.is_one() => self.events(ledger, &study, searching)?,
            Some(snapshot) => Events::since(ledger, &study, snapshot.event)?,
        };
        Ok(Before { trials: ledger.trials(study.id)?, study, snapshot, events })
    }

    /// Brings the strategy to the changed space: whole where names were only changed, and by transfer otherwise.
    fn carry_over(
        &self,
        searching: &mut AnySearching<'_>,
        before: &mut Before,
        change: &Change<'_>,
    ) -> Result<After, StudyError> {
        let nothing =
            After { progress: None, transfer: None, snapshot: None, renamed: Vec::new(), strangers: Vec::new() };
        let Some(snapshot) = before.snapshot.take() else { return Ok(nothing) };
        let Before { study, events, .. } = &*before;
        let (progress, transfer) = if change.is_one() {
            searching.reset()?;
            let unreadable = |source| StudyError::Restore { study: study.name.clone(), source };
            let report = match searching.adapt(&snapshot.bytes, self.options.starts.unwrap_or(STARTS)) {
                Err(error) if error.is_damage() => {
                    tracing::warn!(study = study.name, %error, "the snapshot of the search is damaged and teaches nothing");
                    None
                }
                done => done.map_err(unreadable)?,
            };
            let Some(report) = report else { return Ok(nothing) };
            let begin = Progress { event: snapshot.event, told: 0 };
            // What was proposed for the other type is not proposed again.
            let elsewhere = StudyRecord { space: i64::MIN, ..study.clone() };
            (self.replay(searching, &elsewhere, Some(begin), events)?, serde_json::to_string(&report).ok())
        } else {
            (self.replay(searching, study, None, events)?, None)
        };
        let bytes = searching.snapshot()?;
        let snapshot = bytes.map(|bytes| Snapshot { event: progress.event, bytes });
        Ok(After { progress: Some(progress), transfer, snapshot, ..nothing })
    }

    /// Which trials are configs of the changed space, under the names of now, and which are not.
    fn rename(&self, searching: &AnySearching<'_>, before: &Before, after: &mut After) {
        let context = &searching.context;
        for record in &before.trials {
            let proposal = self.reader.proposal(context, record).filter(|_| self.admits(context, record));
            let decisions = proposal.and_then(|proposal| self.reader.decisions(context, &proposal).ok());
            match decisions {
                Some(decisions) => {
                    let config = self.reader.config(&decisions);
                    after.renamed.push(TrialRecord { config, decisions, ..record.clone() });
                }
                None if !record.phase.is_final() => after.strangers.push(record.number),
                None => {}
            }
        }
    }

    /// The number of the changed space; none where somebody else wrote meanwhile.
    fn write_adapted(
        &self,
        ledger: &mut dyn Ledger,
        before: &StudyRecord,
        after: &After,
        change: &Change<'_>,
    ) -> Result<Option<i64>, StudyError> {
        let mut study = ledger.known_study(&before.name)?;
        if (study.space, study.events, study.trials) != (before.space, before.events, before.trials) {
            return Ok(None);
        }
        study.space = ledger.add_space(change.space)?;
        for renamed in &after.renamed {
            ledger.rename_trial(study.id, &TrialRecord { space: study.space, ..renamed.clone() })?;
        }
        for number in &after.strangers {
            if let Some(known) = ledger.trial(study.id, *number)?.filter(|known| !known.phase.is_final()) {
                self.protocol.fail(ledger, known, "it is not a config of the changed space".to_owned())?;
            }
        }
        if let Some(snapshot) = &after.snapshot {
            ledger.put_snapshot(study.id, snapshot)?;
        }
        study.transfer = after.transfer.clone().or(study.transfer);
        ledger.put_study(&study, Counts::default())?;
        // Who leads has the type as it was.
        ledger.take_lease(study.id, study.lease.epoch, None)?;
        Ok(Some(study.space))
    }
}
