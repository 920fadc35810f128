//! The searcher of a study, brought to where the store says it is, asked and told.

use super::StudyError;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Ledger, Phase, Snapshot, StudyRecord, TrialRecord};
use crate::agent::{SampleError, TransferReport, Trial};
use crate::search::Searcher;
use crate::space::SearchSpace;

/// A searcher that has been asked and told all that the store has events of.
#[derive(Debug, Clone)]
pub(super) struct Lead<S> {
    pub(super) searcher: S,
    /// The last event that it knows.
    pub(super) event: u64,
    /// How many trials it was told since the last snapshot.
    pub(super) told: u32,
}

impl<S> Lead<S> {
    /// The searcher that a study begins with, or goes on with: from its last snapshot, and by all events since.
    pub(super) fn join<T: SearchSpace>(
        pristine: &S,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<Self, StudyError>
    where
        S: Searcher<T> + Clone,
    {
        let mut this = Self::fresh(pristine.clone());
        if let Some(snapshot) = ledger.snapshot(study.id)?
            && this.searcher.restore(&snapshot.bytes).map_err(|source| unreadable(study, source))?
        {
            this.event = snapshot.event;
            this.recall::<T>(reader, ledger, study)?;
        }
        this.catch_up::<T>(reader, ledger, study)?;
        Ok(this)
    }

    /// Has the searcher recall the configs that it was asked for or told before the snapshot, where it needs them.
    pub(super) fn recall<T: SearchSpace>(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        if !self.searcher.recalls() {
            return Ok(());
        }
        for record in ledger.trials(study.id)? {
            let is_before = |event: Option<u64>| event.is_some_and(|event| event <= self.event);
            let was_told = is_before(record.learned) && record.phase == Phase::Done;
            if (is_before(record.asked) || was_told)
                && let Some(trial) = reader.trial::<T>(&record)
            {
                self.searcher.recall(&trial.config);
            }
        }
        Ok(())
    }

    /// Asks and tells what others did meanwhile.
    pub(super) fn catch_up<T: SearchSpace>(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        if self.event == study.events {
            return Ok(());
        }
        let since = self.event;
        let trials = ledger.since(study.id, since)?;
        let asked = trials.iter().filter_map(|trial| Some((trial.asked?, trial, false)));
        let learned = trials.iter().filter_map(|trial| Some((trial.learned?, trial, true)));
        let mut events: Vec<(u64, &TrialRecord, bool)> = asked.chain(learned).filter(|(at, ..)| *at > since).collect();
        events.sort_by_key(|(event, ..)| *event);
        tracing::info!(study = study.name, events = events.len(), "the searcher takes in what happened without it");
        for (_, trial, is_told) in events {
            if is_told {
                self.take_in::<T>(reader, trial);
            } else if trial.space == study.space {
                // What is drawn is known; the draw brings the searcher's random numbers to where they were.
                drop(self.searcher.ask());
            }
        }
        self.event = study.events;
        Ok(())
    }

    /// A new proposal, as an event of the study.
    pub(super) fn ask<T: SearchSpace>(&mut self, study: &mut StudyRecord) -> Result<Trial<T>, SampleError>
    where
        S: Searcher<T>,
    {
        let trial = self.searcher.ask()?;
        study.events += 1;
        self.event = study.events;
        Ok(trial)
    }

    /// Tells the searcher how a trial ended, as an event of the study.
    pub(super) fn tell<T: SearchSpace>(
        &mut self,
        reader: &Reader,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        trial: TrialRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        study.events += 1;
        self.event = study.events;
        self.take_in::<T>(reader, &trial);
        Ok(ledger.put_trial(study.id, &TrialRecord { learned: Some(study.events), ..trial })?)
    }

    /// Only a reward teaches. What the searcher will not learn from is kept all the same.
    fn take_in<T: SearchSpace>(&mut self, reader: &Reader, record: &TrialRecord)
    where
        S: Searcher<T>,
    {
        self.told += 1;
        let Some(reward) = record.reward.filter(|_| record.phase == Phase::Done) else { return };
        let Some(trial) = reader.trial::<T>(record) else {
            return tracing::warn!(trial = record.number, "a trial is not of this space and teaches nothing");
        };
        if let Err(error) = self.searcher.tell(trial, reward) {
            tracing::warn!(trial = record.number, reward, %error, "the searcher did not learn from a trial");
        }
    }

    /// Writes the searcher down where that is due.
    pub(super) fn keep<T: SearchSpace>(
        &mut self,
        rules: &Rules,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        if self.told >= rules.snapshot_every.max(1) { self.keep_now(ledger, study) } else { Ok(()) }
    }

    /// Writes the searcher down, where it has a form for that.
    pub(super) fn keep_now<T: SearchSpace>(
        &mut self,
        ledger: &mut dyn Ledger,
        study: &StudyRecord,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        self.told = 0;
        let Some(bytes) = self.searcher.snapshot()? else { return Ok(()) };
        tracing::debug!(study = study.name, event = self.event, bytes = bytes.len(), "the searcher is written down");
        Ok(ledger.put_snapshot(study.id, &Snapshot { event: self.event, bytes })?)
    }

    /// Takes over what a searcher over another version of the space knew; none where that is by telling alone.
    pub(super) fn adapt<T: SearchSpace>(
        &mut self,
        snapshot: &[u8],
        starts: usize,
        study: &StudyRecord,
    ) -> Result<Option<TransferReport>, StudyError>
    where
        S: Searcher<T>,
    {
        self.searcher.adapt(snapshot, starts).map_err(|source| unreadable(study, source))
    }

    /// A searcher that nothing has happened to.
    pub(super) fn fresh(searcher: S) -> Self {
        Self { searcher, event: 0, told: 0 }
    }
}

fn unreadable(study: &StudyRecord, source: crate::checkpoint::LoadError) -> StudyError {
    StudyError::Restore { study: study.name.clone(), source }
}
