//! What a study can learn from: other studies, wherever they are, and checkpoints.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::replay::outcome;
use super::store::{Ledger, Store, StudyRecord, TrialRecord, location};
use super::{StoreError, StudyError};
use crate::checkpoint::parcel::Contents;
use crate::checkpoint::{Checkpoint, StateMeta};
use crate::search::{Earlier, EarlierTrial, Outcome, Sources};
use crate::space::{Names, START};

/// Something that a study can [learn from](super::StudyBuilder::learn_from). A text is a path: that of a checkpoint where it ends in
/// `.safetensors`, and otherwise that of a file, or the address of a database, of whose studies all are meant; a pair of texts is such a
/// path and the name of one study there.
///
/// ```no_run
/// use transfer_nas::prelude::*;
/// use transfer_nas::study::{Study, TransferSource};
///
/// #[search_space]
/// struct Config { #[space(range = 1..=8)] layers: u32 }
///
/// let sources = [
///     TransferSource::study("last_year.db", "cnn"),
///     TransferSource::studies("postgres://user@host/runs"),
///     TransferSource::checkpoint("agent.safetensors"),
///     TransferSource::here("a smaller one"),
/// ];
/// let study = Study::in_memory().learn_from(sources).build::<Config>()?;
/// println!("{}", study.transfer()?.unwrap());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct TransferSource(Place);

#[derive(Clone)]
enum Place {
    /// A study, or all, at a location.
    At(PathBuf, Option<String>),
    /// A study of a store; of the store of the study that learns where none is given.
    In(Option<Arc<dyn Store>>, String),
    Checkpoint(PathBuf),
}

impl TransferSource {
    /// A study in an SQLite file or a PostgreSQL database.
    pub fn study(location: impl AsRef<Path>, name: impl Into<String>) -> Self {
        Self(Place::At(location.as_ref().to_owned(), Some(name.into())))
    }

    /// All studies in an SQLite file or a PostgreSQL database, each a source of its own.
    pub fn studies(location: impl AsRef<Path>) -> Self {
        Self(Place::At(location.as_ref().to_owned(), None))
    }

    /// A study in a file or database that must be there now.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(super) fn named(path: impl AsRef<Path>, name: impl Into<String>) -> Result<Self, StudyError> {
        drop(location::open_read_only(&path)?);
        Ok(Self::study(path, name))
    }

    /// A study in any store.
    pub fn in_store(store: Arc<dyn Store>, name: impl Into<String>) -> Self {
        Self(Place::In(Some(store), name.into()))
    }

    /// Another study in the store of the one that learns.
    pub fn here(name: impl Into<String>) -> Self {
        Self(Place::In(None, name.into()))
    }

    /// The checkpoint of an agent. Of trials it has the elites.
    pub fn checkpoint(path: impl AsRef<Path>) -> Self {
        Self(Place::Checkpoint(path.as_ref().to_owned()))
    }

    /// Whether it is the study that learns.
    fn is_study(&self, own: &Own<'_>) -> bool {
        match &self.0 {
            Place::At(path, Some(name)) => name == own.study && location::is_same(own.location, path),
            Place::In(None, name) => name == own.study,
            _ => false,
        }
    }

    /// Reads it, beside others; `here` is the store of the study that learns, and `own` that study, where it is there already.
    fn read(&self, sources: Sources, here: &dyn Store, own: Option<Own<'_>>) -> Result<Sources, StudyError> {
        if let Some(own) = own.filter(|own| self.is_study(own)) {
            return Err(StudyError::OwnSource { study: own.study.to_owned() });
        }
        match &self.0 {
            Place::At(path, name) => {
                let store = location::open_read_only(path)?;
                let shown = location::shown(path);
                let named = |name: &str| format!("{shown}, {name}");
                let own = own.filter(|own| location::is_same(own.location, path)).map(|own| own.study);
                match name {
                    Some(name) => read_study(sources, &*store, name, named),
                    None => read_all(sources, &*store, own, named),
                }
            }
            Place::In(store, name) => read_study(sources, store.as_deref().unwrap_or(here), name, str::to_owned),
            Place::Checkpoint(path) => {
                let unreadable = |source| StudyError::Source { name: path.display().to_string(), source };
                sources.checkpoint(path.display().to_string(), path).map_err(unreadable)
            }
        }
    }
}

impl From<&Path> for TransferSource {
    fn from(path: &Path) -> Self {
        let is_checkpoint = path.extension() == Some(OsStr::new("safetensors"));
        if is_checkpoint { Self::checkpoint(path) } else { Self::studies(path) }
    }
}

impl From<PathBuf> for TransferSource {
    fn from(path: PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<&str> for TransferSource {
    fn from(path: &str) -> Self {
        Self::from(Path::new(path))
    }
}

impl From<String> for TransferSource {
    fn from(path: String) -> Self {
        Self::from(Path::new(&path))
    }
}

impl From<(&str, &str)> for TransferSource {
    fn from((location, name): (&str, &str)) -> Self {
        Self::study(location, name)
    }
}

impl std::fmt::Debug for TransferSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut source = formatter.debug_tuple("TransferSource");
        match &self.0 {
            Place::At(path, name) => source.field(&location::shown(path)).field(name),
            Place::In(_, name) => source.field(name),
            Place::Checkpoint(path) => source.field(path),
        };
        source.finish()
    }
}

/// The study that learns, where it is there already: it is no source of its own.
#[derive(Clone, Copy)]
pub(super) struct Own<'a> {
    /// Where its store is.
    pub(super) location: &'a Path,
    pub(super) study: &'a str,
}

/// All that sources know.
pub(super) fn read(sources: &[TransferSource], here: &dyn Store, own: Option<Own<'_>>) -> Result<Sources, StudyError> {
    sources.iter().try_fold(Sources::new(), |read, source| source.read(read, here, own))
}

fn read_all(
    mut sources: Sources,
    store: &dyn Store,
    own: Option<&str>,
    named: impl Fn(&str) -> String,
) -> Result<Sources, StudyError> {
    let studies = store.read(|ledger| Ok(ledger.studies()?))?;
    for study in studies.iter().filter(|study| own != Some(&study.name)) {
        if !study.objectives.is_empty() {
            tracing::warn!(study = study.name, "a study of several objectives teaches nothing, and is passed over");
            continue;
        }
        sources = read_study(sources, store, &study.name, &named)?;
    }
    Ok(sources)
}

fn read_study(
    sources: Sources,
    store: &dyn Store,
    name: &str,
    named: impl Fn(&str) -> String,
) -> Result<Sources, StudyError> {
    let earlier = store.read(|ledger| {
        let study = ledger.known_study(name)?;
        must_have_one_objective(&study)?;
        earlier(ledger, &study, named(name))
    })?;
    Ok(sources.with(earlier))
}

/// An error where a study searches for several objectives: of these nothing is learned.
fn must_have_one_objective(study: &StudyRecord) -> Result<(), StudyError> {
    if study.objectives.is_empty() {
        return Ok(());
    }
    let reason = format!("the study `{}` has several, and teaches nothing; name a study of one objective", study.name);
    Err(StudyError::Objectives { reason })
}

fn earlier(ledger: &mut dyn Ledger, study: &StudyRecord, name: String) -> Result<Earlier, StudyError> {
    let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
    let trials = ledger.trials(study.id)?;
    let named = |name: &String| Names { name: name.clone(), aliases: Vec::new() };
    let state = |state: &super::StateRecord| StateMeta {
        names: named(&state.state),
        kind: state.kind,
        actions: state.actions.iter().map(named).collect(),
    };
    let tasks: BTreeSet<&String> = trials.iter().map(|trial| &trial.task).collect();
    Ok(Earlier {
        universe: space.type_name.clone(),
        states: space.states.iter().map(state).collect(),
        tasks: tasks.into_iter().map(named).collect(),
        trials: trials.iter().filter_map(|trial| earlier_trial(trial, study)).collect(),
        policy: policy(ledger, study, &name)?,
        name,
    })
}

/// A trial that has ended.
fn earlier_trial(trial: &TrialRecord, study: &StudyRecord) -> Option<EarlierTrial> {
    let outcome: Outcome = outcome(trial, study.direction, &study.objectives)?.plain();
    let (space, decisions) = match trial.decisions.split_first() {
        Some(((state, label), rest)) if state == START => (label.clone(), rest),
        _ => (String::new(), &trial.decisions[..]),
    };
    Some(EarlierTrial { space, task: trial.task.clone(), decisions: decisions.to_vec(), outcome })
}

/// The policy of an agent that a study searches with, alone or beside others.
fn policy(ledger: &mut dyn Ledger, study: &StudyRecord, name: &str) -> Result<Option<Arc<Checkpoint>>, StudyError> {
    let Some(snapshot) = ledger.snapshot(study.id)? else { return Ok(None) };
    match Contents::of(&snapshot.bytes) {
        Ok(Contents { agents, .. }) => Ok(agents.into_iter().next().map(Arc::new)),
        Err(error) if error.is_damage() => {
            tracing::warn!(study = study.name, %error, "the snapshot of the search is damaged: its policy does not come along");
            Ok(None)
        }
        Err(source) => Err(StudyError::Source { name: name.to_owned(), source }),
    }
}
