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
use super::untyped::Untyped;
use crate::space::Space;
use crate::train::Direction;

/// What a study is opened with.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) store: Arc<dyn Store>,
    pub(super) name: String,
    pub(super) worker: String,
    pub(super) rules: Rules,
    pub(super) stop: Option<Stop>,
    /// The study to begin with what another one learned, where it is made.
    pub(super) older: Option<(Arc<dyn Store>, String)>,
}

/// What another study has to give.
struct Older {
    snapshot: Option<Vec<u8>>,
    /// Best first.
    best: Vec<TrialRecord>,
}

impl Opening {
    /// The desk, and what changed since the study was last open.
    pub(super) fn open(
        self,
        searcher: &mut dyn Untyped,
        space: Space,
        type_name: &str,
    ) -> Result<(Desk, Vec<String>), StudyError> {
        let older = self.older.as_ref().map(|(store, name)| read_older(&**store, name)).transpose()?;
        let store = Arc::clone(&self.store);
        let mut desk = Desk {
            store: self.store,
            rules: self.rules,
            study: self.name,
            id: 0,
            space: 0,
            worker: self.worker,
            reader: Reader::new(space),
            progress: None,
            end: None,
            stop: self.stop,
            best: f64::NEG_INFINITY,
        };
        let record = SpaceRecord::new(space, type_name);
        let changes = store.lastingly(|ledger| match ledger.study(&desk.study)? {
            None => desk.make(ledger, searcher, &record, older).map(|()| Vec::new()),
            Some(study) if desk.rules.new_only => Err(StoreError::NameTaken { name: study.name }.into()),
            Some(study) => desk.go_on(ledger, searcher, study, (space, &record)),
        })?;
        Ok((desk, changes))
    }
}

impl Desk {
    fn make(
        &mut self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        space: &SpaceRecord,
        older: Option<Older>,
    ) -> Result<(), StudyError> {
        self.space = ledger.add_space(space)?;
        let mut study = ledger.add_study(&self.study, self.space, Direction::default())?;
        self.id = study.id;
        tracing::info!(study = study.name, space = space.type_name, "a new study");
        let mut lead = Lead::fresh(searcher);
        if let Some(Older { snapshot, best }) = older {
            let adapt = |snapshot: Vec<u8>| lead.adapt(&snapshot, self.rules.starts, &study);
            match snapshot.map(adapt).transpose()?.flatten() {
                Some(report) => study.transfer = serde_json::to_string(&report).ok(),
                None => self.start_from(ledger, lead.searcher, &mut study, &best)?,
            }
            ledger.put_study(&study)?;
        }
        lead.keep_now(ledger, &study)
    }

    /// Queues the best configs of another study that are ones of this space.
    fn start_from(
        &self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        study: &mut StudyRecord,
        best: &[TrialRecord],
    ) -> Result<(), StudyError> {
        let fitting = best.iter().filter(|record| self.admits(searcher, record));
        let fitting = fitting.filter_map(|record| self.reader.trial(record));
        for trial in fitting.take(self.rules.starts) {
            let record = self.record(study, &trial)?;
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
        }
        Ok(())
    }

    fn go_on(
        &mut self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        mut study: StudyRecord,
        (space, record): (Space, &SpaceRecord),
    ) -> Result<Vec<String>, StudyError> {
        self.id = study.id;
        self.space = study.space;
        let old = ledger.space(study.space)?.ok_or_else(|| super::missing_space(&study))?;
        tracing::info!(study = study.name, trials = study.trials, "the study goes on");
        self.consider(ledger.best(study.id)?.and_then(|best| best.reward));
        if old.fingerprint == record.fingerprint {
            return Ok(Vec::new());
        }
        let differences = Differences::between(&old, &space.states());
        if !differences.changed.is_empty() && !self.rules.adapt {
            return Err(StudyError::OtherSpace { study: study.name, differences: differences.all() });
        }
        for change in differences.all() {
            tracing::info!(study = study.name, change, "the type has changed");
        }
        self.space = ledger.add_space(record)?;
        study.space = self.space;
        self.carry_over(ledger, searcher, &mut study, differences.changed.is_empty())?;
        self.give_up_strangers(ledger, searcher, &mut study)?;
        ledger.put_study(&study)?;
        Ok(differences.all())
    }

    /// Brings the searcher to the changed space: whole where names were only changed, and by transfer otherwise.
    fn carry_over(
        &self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        study: &mut StudyRecord,
        is_renaming: bool,
    ) -> Result<(), StudyError> {
        let Some(snapshot) = ledger.snapshot(study.id)? else { return Ok(()) };
        let mut lead = if is_renaming {
            Lead::join(searcher, None, &self.reader, ledger, study)?
        } else {
            let mut lead = Lead::fresh(searcher);
            let report = lead.adapt(&snapshot.bytes, self.rules.starts, study)?;
            let Some(report) = report else { return Ok(()) };
            lead.progress.event = snapshot.event;
            lead.recall(&self.reader, ledger, study)?;
            lead.catch_up(&self.reader, ledger, study)?;
            study.transfer = serde_json::to_string(&report).ok();
            lead
        };
        lead.keep_now(ledger, study)
    }

    /// Trials that wait or run, and are not of the changed space, will not be evaluated.
    fn give_up_strangers(
        &self,
        ledger: &mut dyn Ledger,
        searcher: &mut dyn Untyped,
        study: &mut StudyRecord,
    ) -> Result<(), StudyError> {
        let now = ledger.now();
        for record in ledger.trials(study.id)? {
            let is_open = matches!(record.phase, Phase::Queued | Phase::Running);
            if is_open && !self.admits(searcher, &record) {
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
