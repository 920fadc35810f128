//! The searcher of a study, brought to where the store says it is, asked and told.

use super::StudyError;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Ledger, Phase, Snapshot, StudyRecord, TrialRecord};
use super::untyped::Untyped;
use crate::agent::{SampleError, TransferReport, Trial};

/// How far a searcher has come.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// The last event that it knows.
    pub(super) event: u64,
    /// How many trials it was told since the last snapshot.
    told: u32,
}

/// A searcher that has been asked and told all that the store has events of.
pub(super) struct Lead<'a> {
    pub(super) searcher: &'a mut dyn Untyped,
    pub(super) progress: Progress,
}

impl<'a> Lead<'a> {
    /// A searcher that nothing has happened to.
    pub(super) fn fresh(searcher: &'a mut dyn Untyped) -> Self {
        searcher.reset();
        Self { searcher, progress: Progress::default() }
    }

    /// The searcher with which a study goes on: from where it stands, or, where that is nowhere, from its last snapshot; and by
    /// all events since.
    pub(super) fn join(
        searcher: &'a mut dyn Untyped,
        progress: Option<Progress>,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<Self, StudyError> {
        let mut this = match progress {
            Some(progress) => Self { searcher, progress },
            None => Self::restored(searcher, reader, ledger, study)?,
        };
        this.catch_up(reader, ledger, study)?;
        Ok(this)
    }

    fn restored(
        searcher: &'a mut dyn Untyped,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<Self, StudyError> {
        let mut this = Self::fresh(searcher);
        if let Some(snapshot) = ledger.snapshot(study.id)?
            && this.searcher.restore(&snapshot.bytes).map_err(|source| unreadable(study, source))?
        {
            this.progress.event = snapshot.event;
            this.recall(reader, ledger, study)?;
        }
        Ok(this)
    }

    /// Has the searcher recall the configs that it was asked for or told before the snapshot, where it needs them.
    pub(super) fn recall(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError> {
        if !self.searcher.recalls() {
            return Ok(());
        }
        for record in ledger.trials(study.id)? {
            let is_before = |event: Option<u64>| event.is_some_and(|event| event <= self.progress.event);
            let was_told = is_before(record.learned) && record.phase == Phase::Done;
            if (is_before(record.asked) || was_told)
                && let Some(trace) = reader.trace(&record.decisions)
            {
                self.searcher.recall(&trace);
            }
        }
        Ok(())
    }

    /// Asks and tells what others did meanwhile.
    pub(super) fn catch_up(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError> {
        if self.progress.event == study.events {
            return Ok(());
        }
        let since = self.progress.event;
        let trials = ledger.since(study.id, since)?;
        let asked = trials.iter().filter_map(|trial| Some((trial.asked?, trial, false)));
        let learned = trials.iter().filter_map(|trial| Some((trial.learned?, trial, true)));
        let mut events: Vec<(u64, &TrialRecord, bool)> = asked.chain(learned).filter(|(at, ..)| *at > since).collect();
        events.sort_by_key(|(event, ..)| *event);
        tracing::info!(study = study.name, events = events.len(), "the searcher takes in what happened without it");
        for (_, trial, is_told) in events {
            if is_told {
                self.take_in(reader, trial);
            } else if trial.space == study.space {
                self.searcher.ask_again();
            }
        }
        self.progress.event = study.events;
        Ok(())
    }

    /// A new proposal, as an event of the study.
    pub(super) fn ask(&mut self, study: &mut StudyRecord) -> Result<Trial<()>, SampleError> {
        let trial = self.searcher.ask(study.trials)?;
        study.events += 1;
        self.progress.event = study.events;
        Ok(trial)
    }

    /// Tells the searcher how a trial ended, as an event of the study.
    pub(super) fn tell(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        trial: TrialRecord,
    ) -> Result<(), StudyError> {
        study.events += 1;
        self.progress.event = study.events;
        self.take_in(reader, &trial);
        Ok(ledger.put_trial(study.id, &TrialRecord { learned: Some(study.events), ..trial })?)
    }

    /// Only a reward teaches. What the searcher will not learn from is kept all the same.
    fn take_in(&mut self, reader: &Reader, record: &TrialRecord) {
        self.progress.told += 1;
        let Some(reward) = record.reward.filter(|_| record.phase == Phase::Done) else { return };
        let told = reader.trial(record).map_or(Ok(false), |trial| self.searcher.tell(trial, reward));
        match told {
            Ok(true) => {}
            Ok(false) => tracing::warn!(trial = record.number, "a trial is not of this space and teaches nothing"),
            Err(error) => {
                tracing::warn!(trial = record.number, reward, %error, "the searcher did not learn from a trial");
            }
        }
    }

    /// Writes the searcher down where that is due.
    pub(super) fn keep(
        &mut self,
        rules: &Rules,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError> {
        if self.progress.told >= rules.snapshot_every.max(1) { self.keep_now(ledger, study) } else { Ok(()) }
    }

    /// Writes the searcher down, where it has a form for that.
    pub(super) fn keep_now(&mut self, ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<(), StudyError> {
        self.progress.told = 0;
        let Some(bytes) = self.searcher.snapshot()? else { return Ok(()) };
        tracing::debug!(
            study = study.name,
            event = self.progress.event,
            bytes = bytes.len(),
            "the searcher is written down"
        );
        Ok(ledger.put_snapshot(study.id, &Snapshot { event: self.progress.event, bytes })?)
    }

    /// Takes over what a searcher over another version of the space knew; none where that is by telling alone.
    pub(super) fn adapt(
        &mut self,
        snapshot: &[u8],
        starts: usize,
        study: &StudyRecord,
    ) -> Result<Option<TransferReport>, StudyError> {
        self.searcher.adapt(snapshot, starts).map_err(|source| unreadable(study, source))
    }
}

fn unreadable(study: &StudyRecord, source: crate::checkpoint::LoadError) -> StudyError {
    StudyError::Restore { study: study.name.clone(), source }
}
