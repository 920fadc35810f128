//! Taking a seat in a study: making it, going on with it, or going on by names where the type has changed.

use std::sync::Arc;

use super::StudyError;
use super::desk::{Desk, Stop};
use super::differences::Differences;
use super::handing::fail;
use super::lead::Lead;
use super::reader::Reader;
use super::rules::Rules;
use super::store::{Ledger, Phase, SpaceRecord, Store, StoreError, StudyRecord, TrialRecord};
use crate::search::Searcher;
use crate::space::SearchSpace;

/// What a study is opened with.
#[derive(Clone)]
pub(super) struct Opening<S> {
    pub(super) store: Arc<dyn Store>,
    pub(super) name: String,
    pub(super) worker: String,
    pub(super) rules: Rules,
    pub(super) stop: Option<Stop>,
    pub(super) searcher: S,
    /// The study to begin with what another one learned, where it is made.
    pub(super) older: Option<(Arc<dyn Store>, String)>,
}

/// What another study has to give.
struct Older {
    snapshot: Option<Vec<u8>>,
    /// Best first.
    best: Vec<TrialRecord>,
}

impl<S: Clone> Opening<S> {
    /// The desk, and what changed since the study was last open.
    pub(super) fn open<T: SearchSpace>(self) -> Result<(Desk<S>, Vec<String>), StudyError>
    where
        S: Searcher<T>,
    {
        let older = self.older.as_ref().map(|(store, name)| read_older(&**store, name)).transpose()?;
        let store = Arc::clone(&self.store);
        let mut desk = Desk {
            store: self.store,
            rules: self.rules,
            study: self.name,
            id: 0,
            space: 0,
            worker: self.worker,
            reader: Reader::of::<T>(),
            pristine: self.searcher,
            lead: None,
            end: None,
            stop: self.stop,
            best: f64::NEG_INFINITY,
        };
        let space = SpaceRecord::of::<T>();
        let changes = store.lastingly(|ledger| match ledger.study(&desk.study)? {
            None => desk.make::<T>(ledger, &space, older).map(|()| Vec::new()),
            Some(study) if desk.rules.new_only => Err(StoreError::NameTaken { name: study.name }.into()),
            Some(study) => desk.go_on::<T>(ledger, study, &space),
        })?;
        Ok((desk, changes))
    }
}

impl<S: Clone> Desk<S> {
    fn make<T: SearchSpace>(
        &mut self,
        ledger: &mut dyn Ledger,
        space: &SpaceRecord,
        older: Option<Older>,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        self.space = ledger.add_space(space)?;
        let mut study = ledger.add_study(&self.study, self.space)?;
        self.id = study.id;
        tracing::info!(study = study.name, space = space.type_name, "a new study");
        let mut lead = Lead::fresh(self.pristine.clone());
        if let Some(Older { snapshot, best }) = older {
            let report =
                snapshot.map(|snapshot| lead.adapt::<T>(&snapshot, self.rules.starts, &study)).transpose()?.flatten();
            match report {
                Some(report) => study.transfer = serde_json::to_string(&report).ok(),
                None => self.start_from::<T>(ledger, &mut study, &best)?,
            }
            ledger.put_study(&study)?;
        }
        lead.keep_now::<T>(ledger, &study)
    }

    /// Queues the best configs of another study that are ones of this space.
    fn start_from<T: SearchSpace>(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        best: &[TrialRecord],
    ) -> Result<(), StudyError> {
        let fitting = best.iter().filter_map(|record| self.reader.trial::<T>(record));
        for trial in fitting.take(self.rules.starts) {
            let record = self.record(study, &trial)?;
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
        }
        Ok(())
    }

    fn go_on<T: SearchSpace>(
        &mut self,
        ledger: &mut dyn Ledger,
        mut study: StudyRecord,
        space: &SpaceRecord,
    ) -> Result<Vec<String>, StudyError>
    where
        S: Searcher<T>,
    {
        self.id = study.id;
        self.space = study.space;
        let old = ledger.space(study.space)?.ok_or_else(|| super::missing_space(&study))?;
        tracing::info!(study = study.name, trials = study.trials, "the study goes on");
        self.consider(ledger.best(study.id)?.and_then(|best| best.reward));
        if old.fingerprint == space.fingerprint {
            return Ok(Vec::new());
        }
        let differences = Differences::between::<T>(&old);
        if !differences.changed.is_empty() && !self.rules.adapt {
            return Err(StudyError::OtherSpace { study: study.name, differences: differences.all() });
        }
        for change in differences.all() {
            tracing::info!(study = study.name, change, "the type has changed");
        }
        self.space = ledger.add_space(space)?;
        study.space = self.space;
        self.carry_over::<T>(ledger, &mut study, differences.changed.is_empty())?;
        self.give_up_strangers::<T>(ledger, &mut study)?;
        ledger.put_study(&study)?;
        Ok(differences.all())
    }

    /// Brings the searcher to the changed space: whole where names were only changed, and by transfer otherwise.
    fn carry_over<T: SearchSpace>(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
        is_renaming: bool,
    ) -> Result<(), StudyError>
    where
        S: Searcher<T>,
    {
        let Some(snapshot) = ledger.snapshot(study.id)? else { return Ok(()) };
        let mut lead = Lead::fresh(self.pristine.clone());
        if is_renaming {
            lead = Lead::join::<T>(&self.pristine, &self.reader, ledger, study)?;
        } else if let Some(report) = lead.adapt::<T>(&snapshot.bytes, self.rules.starts, study)? {
            lead.event = snapshot.event;
            lead.recall::<T>(&self.reader, ledger, study)?;
            lead.catch_up::<T>(&self.reader, ledger, study)?;
            study.transfer = serde_json::to_string(&report).ok();
        } else {
            return Ok(());
        }
        lead.keep_now::<T>(ledger, study)
    }

    /// Trials that wait or run, and are not of the changed space, will not be evaluated.
    fn give_up_strangers<T: SearchSpace>(
        &self,
        ledger: &mut dyn Ledger,
        study: &mut StudyRecord,
    ) -> Result<(), StudyError> {
        let now = ledger.now();
        for record in ledger.trials(study.id)? {
            let is_open = matches!(record.phase, Phase::Queued | Phase::Running);
            if is_open && self.reader.trial::<T>(&record).is_none() {
                fail(ledger, study, record, "it is not a config of the changed space".to_owned(), now)?;
            }
        }
        Ok(())
    }
}

fn read_older(store: &dyn Store, name: &str) -> Result<Older, StudyError> {
    store.with(|ledger| {
        let study = ledger.known_study(name)?;
        let mut best = ledger.trials(study.id)?;
        best.retain(|trial| trial.phase == Phase::Done);
        best.sort_by(|a, b| b.reward.partial_cmp(&a.reward).unwrap_or(std::cmp::Ordering::Equal));
        Ok(Older { snapshot: ledger.snapshot(study.id)?.map(|snapshot| snapshot.bytes), best })
    })
}
