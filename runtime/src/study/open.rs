//! Opening a study: making it, going on with it, or going on by names where the type has changed.

use std::sync::Arc;

use super::StudyError;
use super::claim::fail;
use super::differences::Differences;
use super::heartbeat::AtWork;
use super::options::Options;
use super::reader::Reader;
use super::replay::Progress;
use super::scheduler::{Scheduler, Stop};
use super::searching::AnySearching;
use super::store::{Ledger, Phase, Snapshot, SpaceRecord, Store, StoreError, StudyRecord, TrialRecord};
use super::vigil::Vigil;
use crate::checkpoint::LoadError;
use crate::space::Space;

/// What a study is opened with.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) store: Arc<dyn Store>,
    pub(super) name: String,
    pub(super) worker: String,
    pub(super) options: Options,
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
    /// This worker's part in the study, and what changed since the study was last open.
    pub(super) fn open(
        self,
        searching: &mut AnySearching<'_>,
        space: Space,
        type_name: &str,
    ) -> Result<(Scheduler, Vec<String>), StudyError> {
        let older = self.older.as_ref().map(|(store, name)| read_older(&**store, name)).transpose()?;
        let store = Arc::clone(&self.store);
        let mut scheduler = Scheduler {
            store: self.store,
            options: self.options,
            study: self.name,
            id: 0,
            space: 0,
            worker: self.worker,
            reader: Reader::new(&searching.context),
            progress: None,
            end: None,
            stop: self.stop,
            best: None,
            vigil: Vigil::default(),
            at: AtWork::default(),
            deferred: None,
        };
        let record = SpaceRecord::new(space, type_name);
        let changes = store.lastingly(|ledger| match ledger.study(&scheduler.study)? {
            None => scheduler.make(ledger, searching, &record, older).map(|()| Vec::new()),
            Some(study) if scheduler.options.new_only => Err(StoreError::NameTaken { name: study.name }.into()),
            Some(study) => scheduler.go_on(ledger, searching, study, (space, &record)),
        })?;
        let best = store.with(|ledger| Ok(ledger.best(scheduler.id)?))?;
        scheduler.consider(best.and_then(|best| best.reward));
        Ok((scheduler, changes))
    }
}

impl Scheduler {
    fn make(
        &mut self,
        ledger: &mut dyn Ledger,
        searching: &mut AnySearching<'_>,
        space: &SpaceRecord,
        older: Option<Older>,
    ) -> Result<(), StudyError> {
        self.space = ledger.add_space(space)?;
        let mut study = ledger.add_study(&self.study, self.space, self.options.direction())?;
        self.options.direction = Some(study.direction);
        self.id = study.id;
        tracing::info!(study = study.name, space = space.type_name, "a new study");
        searching.reset()?;
        if let Some(Older { snapshot, best }) = older {
            let report = match snapshot.map(|snapshot| searching.adapt(&snapshot, self.options.starts)).transpose() {
                Ok(report) => report.flatten(),
                // Another kind of strategy begins with the configs alone.
                Err(LoadError::OtherStrategy { .. }) => None,
                Err(source) => return Err(StudyError::Restore { study: study.name, source }),
            };
            match report {
                Some(report) => study.transfer = serde_json::to_string(&report).ok(),
                None => self.start_from(ledger, searching, &mut study, &best)?,
            }
            ledger.put_study(&study)?;
        }
        keep_snapshot(ledger, searching, &study, 0)
    }

    /// Queues the best configs of another study that are ones of this space.
    fn start_from(
        &self,
        ledger: &mut dyn Ledger,
        searching: &AnySearching<'_>,
        study: &mut StudyRecord,
        best: &[TrialRecord],
    ) -> Result<(), StudyError> {
        let context = &searching.context;
        let fitting = best.iter().filter(|record| self.admits(context, record));
        let fitting = fitting.filter_map(|record| self.reader.proposal(context, record));
        for proposal in fitting.take(self.options.starts) {
            let record = self.record(study, context, &proposal)?;
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
        }
        Ok(())
    }

    fn go_on(
        &mut self,
        ledger: &mut dyn Ledger,
        searching: &mut AnySearching<'_>,
        mut study: StudyRecord,
        (space, record): (Space, &SpaceRecord),
    ) -> Result<Vec<String>, StudyError> {
        self.id = study.id;
        self.space = study.space;
        let old = ledger.space(study.space)?.ok_or_else(|| super::missing_space(&study))?;
        tracing::info!(study = study.name, trials = study.trials, "the study goes on");
        if self.options.direction.is_some_and(|direction| direction != study.direction) {
            return Err(StudyError::OtherDirection { study: study.name, direction: study.direction.word() });
        }
        self.options.direction = Some(study.direction);
        if old.fingerprint == record.fingerprint {
            return Ok(Vec::new());
        }
        let differences = Differences::between(&old, &space.states());
        if !differences.changed.is_empty() && !self.options.adapt {
            return Err(StudyError::OtherSpace { study: study.name, differences: differences.all() });
        }
        for change in differences.all() {
            tracing::info!(study = study.name, change, "the type has changed");
        }
        let before = study.space;
        self.space = ledger.add_space(record)?;
        study.space = self.space;
        self.carry_over(ledger, searching, &mut study, (before, differences.changed.is_empty()))?;
        self.give_up_strangers(ledger, searching, &mut study)?;
        ledger.put_study(&study)?;
        Ok(differences.all())
    }

    /// Brings the strategy to the changed space: whole where names were only changed, and by transfer otherwise.
    fn carry_over(
        &mut self,
        ledger: &mut dyn Ledger,
        searching: &mut AnySearching<'_>,
        study: &mut StudyRecord,
        (old, is_renaming): (i64, bool),
    ) -> Result<(), StudyError> {
        let Some(snapshot) = ledger.snapshot(study.id)? else { return Ok(()) };
        let progress = if is_renaming {
            let events = self.events(ledger, study, searching)?;
            // What was proposed under the old names happens as it did.
            let before = StudyRecord { space: old, ..study.clone() };
            self.replay(searching, &before, None, &events)?
        } else {
            searching.reset()?;
            let unreadable = |source| StudyError::Restore { study: study.name.clone(), source };
            let report = searching.adapt(&snapshot.bytes, self.options.starts).map_err(unreadable)?;
            let Some(report) = report else { return Ok(()) };
            study.transfer = serde_json::to_string(&report).ok();
            self.progress = Some(Progress { event: snapshot.event, told: 0 });
            let events = self.events(ledger, study, searching)?;
            self.replay(searching, study, self.progress, &events)?
        };
        self.progress = Some(progress);
        keep_snapshot(ledger, searching, study, progress.event)
    }

    /// Trials that wait or run, and are not of the changed space, will not be evaluated.
    fn give_up_strangers(
        &self,
        ledger: &mut dyn Ledger,
        searching: &AnySearching<'_>,
        study: &mut StudyRecord,
    ) -> Result<(), StudyError> {
        let now = ledger.now();
        for record in ledger.trials(study.id)? {
            let is_open = matches!(record.phase, Phase::Queued | Phase::Running);
            if is_open && !self.admits(&searching.context, &record) {
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
        let worth = |trial: &TrialRecord| trial.reward.map(|reward| study.direction.sign() * reward);
        best.sort_by(|a, b| worth(b).partial_cmp(&worth(a)).unwrap_or(std::cmp::Ordering::Equal));
        Ok(Older { snapshot: ledger.snapshot(study.id)?.map(|snapshot| snapshot.bytes), best })
    })
}

/// Writes the strategy down as it is after an event, where it has a form for that.
fn keep_snapshot(
    ledger: &mut dyn Ledger,
    searching: &AnySearching<'_>,
    study: &StudyRecord,
    event: u64,
) -> Result<(), StudyError> {
    let Some(bytes) = searching.snapshot()? else { return Ok(()) };
    Ok(ledger.put_snapshot(study.id, &Snapshot { event, bytes })?)
}
