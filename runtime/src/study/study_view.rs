//! A study as a store has it, without its type.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

#[cfg(feature = "serve")]
use super::export::time::utc;
use super::export::values::Values;
use super::store::{
    AttemptRecord, Millis, NoteRecord, Phase, SpaceRecord, Store, StudyRecord, TrialRecord, ValueRecord, WorkerRecord,
};
use super::{StoreError, StudyError, finalists, warnings};
use crate::agent::{AttentionMap, Importance};
use crate::file::{self, ReplaceError};
use crate::page;
use crate::page::story::Curve;
use crate::search;

/// A study as a store has it: what can be listed, exported and drawn without the config's type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StudyView {
    /// The study.
    pub study: StudyRecord,
    /// The space that it searches now.
    pub space: SpaceRecord,
    /// Its trials by number; some may be of an earlier space.
    pub trials: Vec<TrialRecord>,
    /// What its trials reported while they ran, later reports last.
    pub values: Vec<ValueRecord>,
    /// Attempts that are not their trials' own any more.
    pub attempts: Vec<AttemptRecord>,
    /// Who takes part in it.
    pub workers: Vec<WorkerRecord>,
    /// What attempts have people and other programs know, by trial, attempt and key.
    pub notes: Vec<NoteRecord>,
    /// What could not be read, a line each.
    pub damaged: Vec<String>,
    /// When it was read, by the store's clock.
    pub read: Millis,
}

/// What was last known of a study's searcher.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Insight {
    pub(super) policy: Vec<Importance>,
    /// With rewards as the user tells them.
    pub(super) model: Option<search::Insight>,
    pub(super) attention: Option<AttentionMap>,
    /// The number of a trial and its config as Rust code.
    pub(super) code: Option<(u64, String)>,
}

impl Insight {
    /// The same with the numbers that constants stand for.
    pub(super) fn with(mut self, values: &Values<'_>) -> Self {
        for Importance { state, actions, .. } in &mut self.policy {
            for (label, _) in actions {
                *label = values.shown(state, label);
            }
        }
        for state in self.model.iter_mut().flat_map(|model| &mut model.states) {
            for slice in &mut state.slice {
                slice.label = values.shown(&state.state, &slice.label);
            }
        }
        self
    }
}

/// A [`StudyView`].
#[deprecated(since = "0.1.0", note = "called `StudyView`")]
pub type StoredStudy = StudyView;

impl StudyView {
    /// The names of all studies in a store, in the order in which they were made.
    pub fn names(store: &dyn Store) -> Result<Vec<String>, StudyError> {
        store.read(|ledger| Ok(ledger.studies()?.into_iter().map(|study| study.name).collect()))
    }

    /// The study of a name.
    pub fn read(store: &dyn Store, name: &str) -> Result<Self, StudyError> {
        store.read(|ledger| {
            let study = ledger.known_study(name)?;
            let space = ledger.space(study.space)?.ok_or_else(|| StoreError::missing_space(&study.name))?;
            let (trials, values) = (ledger.trials(study.id)?, ledger.values(study.id, 0)?);
            let (attempts, workers) = (ledger.attempts(study.id)?, ledger.workers(study.id)?);
            let (notes, read) = (ledger.notes(study.id)?, ledger.now());
            Ok(Self { study, space, trials, values, attempts, workers, notes, damaged: ledger.damaged(), read })
        })
    }

    /// The configs that were evaluated again in the end, the best mean first; those that were evaluated half as often as others, or
    /// less, come last. Nothing where there were none.
    #[must_use]
    pub fn finalists(&self) -> Vec<finalists::Finalist> {
        finalists::finalists(&self.trials, &self.study)
    }

    /// The best trial by the study's direction, the earliest of equals; of what was [confirmed](Self::finalists) as the best, the
    /// first.
    #[must_use]
    pub fn best(&self) -> Option<&TrialRecord> {
        finalists::best(&self.trials, &self.study)
    }

    /// What a reader of the study should know and do something about, a sentence each: that most of the last trials
    /// were pruned or failed, or that the policy has not learned.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.warnings_with(&self.insight())
    }

    pub(super) fn warnings_with(&self, insight: &Insight) -> Vec<String> {
        let ended = self.trials.iter().rev().map(|trial| trial.phase).filter(|phase| phase.is_final());
        let latest: Vec<Phase> = ended.take(warnings::WINDOW).collect();
        let count = |phase| latest.iter().filter(|ended| **ended == phase).count();
        let lost = warnings::too_many_lost(count(Phase::Pruned), count(Phase::Failed), latest.len());
        let damaged = (!self.damaged.is_empty()).then(|| self.damage());
        damaged.into_iter().chain(lost).chain(warnings::unmoved(self.study.done, &insight.policy)).collect()
    }

    /// What each trial reported in the attempt that counts, by step; of reports of the same step the latest counts.
    #[must_use]
    pub fn curves(&self) -> Vec<(u64, Vec<(u64, f64)>)> {
        curves(&self.trials, &self.values).into_iter().map(|Curve { trial, points }| (trial, points)).collect()
    }

    /// What of the study cannot be read, in a sentence.
    fn damage(&self) -> String {
        const SHOWN: usize = 5;
        let more = self.damaged.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let shown = self.damaged.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
        format!("The store is damaged, and what cannot be read is left out here: {shown}{more}.")
    }

    /// What was last known of the searcher.
    pub(super) fn insight(&self) -> Insight {
        self.read_json(self.study.insight.as_deref()).unwrap_or_default()
    }

    /// A report as one HTML page that needs nothing else, no network and no script: rewards, what runs, workers, failures, choices, what
    /// the model of rewards or the policy has learned, the space, attention, transfer, trials. Times are those at which the study was read.
    /// What is shown of the searcher comes from the last [`Study::report`](super::Study::report) or the end of the last run.
    #[must_use]
    pub fn to_html(&self) -> String {
        page::html(&self.story())
    }

    /// The same report as a service shows it under `/studies/<name>`, where it keeps itself up to date.
    #[cfg(feature = "serve")]
    pub(crate) fn to_live_html(&self) -> String {
        let StudyRecord { id, name, created, ending, .. } = &self.study;
        let (path, identity) = (page::live::path(name), format!("{id}-{}", created.0));
        page::live(&self.story(), &page::live::Live { path, identity, ending: ending.clone(), read: utc(self.read) })
    }

    pub(super) fn read_json<T: serde::de::DeserializeOwned>(&self, text: Option<&str>) -> Option<T> {
        let read = |text| {
            let unreadable = |error: &serde_json::Error| tracing::warn!(study = self.study.name, %error, "not shown");
            serde_json::from_str(text).inspect_err(unreadable).ok()
        };
        text.and_then(read)
    }

    /// The study as a whole, for people: a name and a value each.
    #[must_use]
    pub fn facts(&self) -> Vec<(String, String)> {
        let StudyRecord { done, failed, pruned, trials, .. } = self.study;
        let open = trials.saturating_sub(self.study.ended());
        let counts = [(done, "done"), (failed, "failed"), (pruned, "pruned"), (open, "open")];
        let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let counts = counts.chain(self.beyond());
        let states = self.space.states.len();
        let actions: usize = self.space.states.iter().map(|state| state.actions.len()).sum();
        let mut facts = vec![
            ("Space", self.space.type_name.clone()),
            ("Size", format!("{states} states with {actions} actions")),
            match &self.study.objectives[..] {
                [] => ("Direction", self.study.direction.word().to_owned()),
                several => ("Objectives", several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
            },
            ("Trials", counts.collect::<Vec<_>>().join(", ")),
        ];
        let ended = self.trials.iter().filter_map(|trial| trial.ended).max();
        let started = self.trials.iter().filter_map(|trial| trial.started).min();
        if let Some((ended, started)) = ended.zip(started) {
            facts.push(("From first to last", page::duration(ended.since(started).as_secs_f64())));
        }
        let mut workers: Vec<&str> = self.trials.iter().filter_map(|trial| trial.worker.as_deref()).collect();
        workers.sort_unstable();
        workers.dedup();
        facts.push(("Processes", workers.len().to_string()));
        facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// How many of those that are done exceed a limit, in words, where there are any.
    fn beyond(&self) -> Option<String> {
        let is_beyond = |trial: &&TrialRecord| trial.phase == Phase::Done && trial.measured.violation().is_some();
        let beyond = self.trials.iter().filter(is_beyond).count();
        (beyond > 0).then(|| format!("{beyond} of these beyond a limit"))
    }

    /// Writes the report: whole, or not at all.
    pub(super) fn write_html(&self, path: &Path) -> Result<(), StudyError> {
        file::replace(path, self.to_html().as_bytes()).map_err(|error| match error {
            ReplaceError::NotAFile { found } => StudyError::NotAFile { path: path.to_owned(), found },
            ReplaceError::Io(source) => StudyError::Io { path: path.to_owned(), source },
        })
    }
}

/// What each trial reported in the attempt that counts; of reports of the same step the latest counts.
pub(super) fn curves(trials: &[TrialRecord], values: &[ValueRecord]) -> Vec<Curve> {
    let attempts: BTreeMap<u64, u32> = trials.iter().map(|trial| (trial.number, trial.attempt)).collect();
    let mut curves: BTreeMap<u64, BTreeMap<u64, f64>> = BTreeMap::new();
    let counts = |value: &&ValueRecord| attempts.get(&value.trial).is_none_or(|attempt| *attempt == value.attempt);
    for ValueRecord { trial, step, value, .. } in values.iter().filter(counts) {
        curves.entry(*trial).or_default().insert(*step, *value);
    }
    curves.into_iter().map(|(trial, points)| Curve { trial, points: points.into_iter().collect() }).collect()
}
