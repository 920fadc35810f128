//! Opening a study: making it, going on with it, or going on by names where the type has changed.
//!
//! What the store has is read, the strategy takes it in, and what came of it is written, unless somebody else wrote meanwhile.

use std::sync::Arc;

use super::StudyError;
use super::adapt::Change;
use super::demand::Demand;
use super::heartbeat::AtWork;
use super::leading::Leading;
use super::options::{Options, SharedOptions};
use super::patience::Patient;
use super::process::{self, Fate, Present};
use super::protocol::Protocol;
use super::reader::Reader;
use super::rescue;
use super::scheduler::{Scheduler, Stop};
use super::searching::AnySearching;
use super::sources::{self, TransferSource};
use super::store::{
    Access, Counts, Durability, Ledger, Snapshot, SpaceRecord, Store, StoreError, StudyRecord, TrialRecord,
    WorkerRecord,
};
use super::vigil::Vigil;
use crate::agent::TransferReport;
use crate::search::Proposal;
use crate::space::Space;

/// What a study is opened with.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) store: Arc<dyn Store>,
    pub(super) name: String,
    pub(super) worker: String,
    pub(super) options: Options,
    pub(super) stop: Option<Stop>,
    /// What to learn from, where the study is made.
    pub(super) sources: Vec<TransferSource>,
}

/// How often somebody else may write while a study is opened.
const ROUNDS: usize = 20;

impl Opening {
    /// This worker's part in the study, and what changed since the study was last open.
    pub(super) fn open(
        self,
        searching: &mut AnySearching<'_>,
        space: Space,
        type_name: &str,
    ) -> Result<(Scheduler, Vec<String>), StudyError> {
        let sources = self.sources.clone();
        let record = SpaceRecord::new(space, type_name);
        let mut scheduler = self.scheduler(searching);
        let mut changes = None;
        for _ in 0..ROUNDS {
            changes = scheduler.begin_or_go_on(searching, (space, &record), &sources)?;
            if changes.is_some() {
                break;
            }
        }
        let overtaken = || StoreError::Conflict { store: scheduler.protocol.study.clone() };
        let changes = changes.ok_or_else(overtaken)?;
        scheduler.sign_in()?;
        let best = scheduler.store.read(|ledger| Ok(ledger.best(scheduler.protocol.id)?))?;
        scheduler.consider(best.and_then(|best| best.reward));
        Ok((scheduler, changes))
    }

    fn scheduler(self, searching: &AnySearching<'_>) -> Scheduler {
        let Self { store, name, worker, options, stop, .. } = self;
        Scheduler {
            store: Arc::new(Patient::new(store, options.patience())),
            space: 0,
            reader: Reader::new(&searching.context),
            progress: None,
            end: None,
            stop,
            best: None,
            vigil: Vigil::default(),
            at: AtWork::new(process::own()),
            outbox: Vec::new(),
            leading: Leading::new(&worker),
            demand: Demand::default(),
            deferred: None,
            _present: Present::new(&worker),
            protocol: Protocol {
                id: 0,
                study: name,
                worker,
                retries: options.retries,
                objectives: options.objectives.clone().unwrap_or_default(),
            },
            options,
        }
    }
}

impl Scheduler {
    /// What changed since the study was last open; none where somebody else wrote meanwhile.
    fn begin_or_go_on(
        &mut self,
        searching: &mut AnySearching<'_>,
        (space, record): (Space, &SpaceRecord),
        sources: &[TransferSource],
    ) -> Result<Option<Vec<String>>, StudyError> {
        let found = self.store.read(|ledger| {
            let Some(study) = ledger.study(&self.protocol.study)? else { return Ok(None) };
            let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
            Ok(Some((study, space)))
        })?;
        match found {
            None => Ok(self.make(searching, record, sources)?.then(Vec::new)),
            Some((study, _)) if self.options.new_only => Err(StoreError::NameTaken { name: study.name }.into()),
            Some((study, old)) => self.go_on(searching, study, &old, (space, record)),
        }
    }

    /// Makes the study; false where somebody else did.
    fn make(
        &mut self,
        searching: &mut AnySearching<'_>,
        space: &SpaceRecord,
        sources: &[TransferSource],
    ) -> Result<bool, StudyError> {
        searching.reset()?;
        let (report, queue) = self.learn(searching, sources)?;
        let transfer = report.and_then(|report| serde_json::to_string(&report).ok());
        let bytes = searching.snapshot()?;
        let direction = self.options.direction();
        let (id, space) = {
            let (this, searching) = (&*self, &*searching);
            let made = self.store.with(Access::Exclusive(Durability::Now), |ledger| {
                if ledger.study(&this.protocol.study)?.is_some() {
                    return Ok(None);
                }
                let space = ledger.add_space(space)?;
                let mut study = ledger.add_study(&this.protocol.study, space, direction)?;
                study.transfer.clone_from(&transfer);
                study.objectives.clone_from(&this.protocol.objectives);
                this.start_from(ledger, searching, &mut study, &queue)?;
                study.shared_options = serde_json::to_string(&this.options.shared_options()).ok();
                ledger.put_study(&study, Counts::default())?;
                if let Some(bytes) = &bytes {
                    ledger.put_snapshot(study.id, &Snapshot { event: 0, bytes: bytes.clone() })?;
                }
                Ok(Some((study.id, space)))
            })?;
            let Some(made) = made else { return Ok(false) };
            made
        };
        tracing::info!(study = self.protocol.study, "a new study");
        (self.protocol.id, self.space) = (id, space);
        self.options.direction = Some(direction);
        Ok(true)
    }

    /// Lets the strategy learn from sources. Gives what came along, and what is to be queued where the strategy cannot keep that in mind.
    fn learn(
        &self,
        searching: &mut AnySearching<'_>,
        sources: &[TransferSource],
    ) -> Result<(Option<TransferReport>, Vec<Proposal>), StudyError> {
        if sources.is_empty() {
            // It may have learned before it came to the study.
            return Ok((searching.transferred().cloned(), Vec::new()));
        }
        let sources = sources::read(sources, &*self.store, None)?;
        let lessons = sources.lessons(&searching.context).starting_with(self.options.starts);
        if !searching.has_snapshots() {
            let (report, best) = lessons.best(&searching.proposed);
            return Ok((Some(report), best));
        }
        let unreadable = |source| StudyError::Restore { study: self.protocol.study.clone(), source };
        searching.learn_from(&lessons).map_err(unreadable)?;
        Ok((searching.transferred().cloned(), Vec::new()))
    }

    /// Queues configs.
    fn start_from(
        &self,
        ledger: &mut dyn Ledger,
        searching: &AnySearching<'_>,
        study: &mut StudyRecord,
        queue: &[Proposal],
    ) -> Result<(), StudyError> {
        for proposal in queue {
            let record = TrialRecord { space: study.space, ..self.record(study, &searching.context, proposal)? };
            study.trials += 1;
            ledger.put_trial(study.id, &record)?;
        }
        Ok(())
    }

    fn go_on(
        &mut self,
        searching: &mut AnySearching<'_>,
        study: StudyRecord,
        old: &SpaceRecord,
        (space, record): (Space, &SpaceRecord),
    ) -> Result<Option<Vec<String>>, StudyError> {
        (self.protocol.id, self.space) = (study.id, study.space);
        self.take_on_objectives(&study)?;
        if self.options.direction.is_some_and(|direction| direction != study.direction) {
            return Err(StudyError::OtherDirection { study: study.name, direction: study.direction.word() });
        }
        self.options.direction = Some(study.direction);
        tracing::info!(study = study.name, trials = study.trials, "the study goes on");
        let shared_options = self.agree(&study)?;
        if old.fingerprint == record.fingerprint {
            return Ok(Some(shared_options));
        }
        let change = Change::between(old, space, record);
        let lines = change.lines();
        if change.is_one() && !self.options.adapt {
            return Err(StudyError::OtherSpace { study: study.name, differences: lines });
        }
        for line in &lines {
            tracing::info!(study = study.name, change = line, "the type has changed");
        }
        Ok(self.adapt(searching, &study, &change)?.then(|| lines.into_iter().chain(shared_options).collect()))
    }

    /// The objectives of the study, which must be those that are asked for, if any are.
    fn take_on_objectives(&mut self, study: &StudyRecord) -> Result<(), StudyError> {
        self.protocol.objectives.clone_from(&study.objectives);
        self.protocol.must_have(self.options.objectives.as_deref())?;
        if study.objectives.is_empty() { Ok(()) } else { self.options.allow_several() }
    }

    /// Follows the shared options of those who are at work; where nobody is, those that are asked for here hold from now on. What is other
    /// than asked for, a line each.
    fn agree(&mut self, study: &StudyRecord) -> Result<Vec<String>, StudyError> {
        let written: Option<SharedOptions> =
            study.shared_options.as_deref().and_then(|shared_options| serde_json::from_str(shared_options).ok());
        let own = self.options.shared_options();
        if written.as_ref() == Some(&own) {
            return Ok(Vec::new());
        }
        let workers = self.store.read(|ledger| Ok(ledger.workers(study.id)?))?;
        let is_there = |worker: &WorkerRecord| process::fate(&worker.name, worker.process.as_deref()) != Fate::Gone;
        if let Some(shared_options) = written.filter(|_| workers.iter().any(is_there)) {
            let lines = self.options.follow(&shared_options);
            self.protocol.retries = self.options.retries;
            for line in &lines {
                tracing::warn!(study = study.name, "others work on the study by other options, which hold: {line}");
            }
            return Ok(lines);
        }
        let shared_options = serde_json::to_string(&own).ok();
        self.store.with(Access::Exclusive(Durability::Soon), |ledger| {
            let study = ledger.known_study(&study.name)?;
            Ok(ledger.put_study(&StudyRecord { shared_options: shared_options.clone(), ..study }, Counts::default())?)
        })?;
        Ok(Vec::new())
    }

    /// Says that this worker is there; others that are gone for certain leave their trials.
    fn sign_in(&mut self) -> Result<(), StudyError> {
        let Self { protocol, at, .. } = &*self;
        self.store.with(Access::Shared(Durability::Later), |ledger| {
            Ok(ledger.heartbeat(protocol.id, &protocol.worker, at.process.as_deref(), 0)?)
        })?;
        let rescued = rescue::take_in(&*self.store, &self.protocol)?;
        if rescued > 0 {
            tracing::warn!(
                study = self.protocol.study,
                rescued,
                "outcomes that an earlier run could not write down are taken in"
            );
        }
        self.heartbeats(Arc::clone(&self.store)).check_others(std::time::Instant::now())?;
        Ok(())
    }
}
