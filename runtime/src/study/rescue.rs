//! Outcomes that could not be written down: they wait in a file beside the study, and the next one to open it takes them in.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::StudyError;
use super::folders::folder_name;
use super::outcome::Outcome;
use super::protocol::{Protocol, Settled};
use super::scheduler::Scheduler;
use super::store::{Access, Constraint, Durability, Store};
use super::told::Told;
use crate::file;
use crate::printable::{printable, say};

/// Two threads may have something to rescue at the same time.
static RESCUING: Mutex<()> = Mutex::new(());

/// A line of such a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    study: String,
    trial: u64,
    attempt: u32,
    worker: String,
    reward: Option<f64>,
    pruned: bool,
    failed: Option<String>,
    severity: Option<f64>,
    step: Option<u64>,
    last: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<(String, f64)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    constraints: Vec<Constraint>,
}

/// What stands between the store's path and the worker's name.
const WORD: &str = "rescue";

impl Scheduler {
    /// Puts what is in the outbox in a file. What was to be handed back needs none.
    pub(super) fn rescue(&mut self) {
        let outbox = std::mem::take(&mut self.outbox);
        for told in outbox.iter().filter(|told| told.outcome.is_none()) {
            self.at.out.let_go(told.number, told.attempt);
        }
        keep(&*self.store, &self.protocol, &outbox);
    }
}

/// Puts what a worker told in a file.
pub(super) fn keep(store: &dyn Store, protocol: &Protocol, outbox: &[Told]) {
    let _one_at_a_time = RESCUING.lock().unwrap_or_else(PoisonError::into_inner);
    let lines: Vec<Line> = outbox.iter().filter_map(|told| Line::of(protocol, told)).collect();
    let Some(path) = store.rescue().filter(|_| !lines.is_empty()) else { return };
    let (study, path) = (&protocol.study, path_of(&path, &protocol.worker));
    let text: String = lines.iter().filter_map(|line| Some(serde_json::to_string(line).ok()? + "\n")).collect();
    let count = lines.len();
    match file::replace(&path, text.as_bytes()) {
        Ok(()) => {
            let (study, path) = (printable(study), printable(path.display()));
            say!(
                "{study}: {count} outcomes could not be written to the store; they are in `{path}`, which the next run takes in"
            );
        }
        Err(error) => {
            let (study, path) = (printable(study), printable(path.display()));
            say!(
                "{study}: {count} outcomes could not be written to the store, nor to `{path}` ({error}); they are:\n{text}"
            );
        }
    }
}

/// A name that is free: a worker may have something to rescue several times.
fn path_of(store: &Path, worker: &str) -> PathBuf {
    let name = |i: u32| {
        let mut name = store.file_name().unwrap_or_default().to_os_string();
        let more = if i == 0 { String::new() } else { format!("-{i}") };
        name.push(format!(".{WORD}-{}{more}.jsonl", folder_name(worker)));
        store.with_file_name(name)
    };
    (0..u32::MAX).map(name).find(|path| !path.exists()).unwrap_or_else(|| name(0))
}

/// Takes in what was rescued of a study; gives how many outcomes that was.
pub(super) fn take_in(store: &dyn Store, protocol: &Protocol) -> Result<usize, StudyError> {
    let Some(path) = store.rescue() else { return Ok(0) };
    let mut count = 0;
    for file in files(&path) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let lines: Vec<Line> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let all = text.lines().filter(|line| !line.trim().is_empty()).count();
        if lines.iter().any(|line| line.study != protocol.study) {
            continue;
        }
        let told: Vec<Told> = lines.into_iter().map(Line::told).collect();
        let settled = store.with(Access::Shared(Durability::Now), |ledger| {
            told.iter().map(|told| Ok(protocol.settle(ledger, told)?)).collect::<Result<Vec<Settled>, StudyError>>()
        })?;
        count += settled.iter().filter(|settled| **settled != Settled::Foreign).count();
        if told.len() == all && !settled.contains(&Settled::Foreign) {
            drop(fs::remove_file(&file));
        } else {
            tracing::warn!(file = %file.display(), "some of what was rescued is of no trial that is known; the file stays");
        }
    }
    Ok(count)
}

fn files(store: &Path) -> Vec<PathBuf> {
    let folder = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let begin = format!("{}.{WORD}-", store.file_name().unwrap_or_default().to_string_lossy());
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_one = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&begin) && name.ends_with(".jsonl")
    };
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_one).collect();
    files.sort();
    files
}

impl Line {
    fn of(protocol: &Protocol, told: &Told) -> Option<Self> {
        let (step, last) = told.last.unzip();
        let (trial, attempt, worker) = (told.number, told.attempt, told.worker.clone());
        let nothing = Self {
            study: protocol.study.clone(),
            trial,
            attempt,
            worker,
            reward: None,
            pruned: false,
            failed: None,
            severity: None,
            step,
            last: last.filter(|last| last.is_finite()),
            values: Vec::new(),
            constraints: told.constraints.clone(),
        };
        Some(match told.outcome.clone()?.checked(&protocol.objectives) {
            Outcome::Reward(reward) => Self { reward: Some(reward), ..nothing },
            Outcome::Scores(values) => {
                Self { values: values.into_iter().map(|(name, value)| (name.into_owned(), value)).collect(), ..nothing }
            }
            Outcome::Cancelled => return None,
            Outcome::Pruned => Self { pruned: true, ..nothing },
            Outcome::Failed(error) => Self { failed: Some(error), ..nothing },
            Outcome::FailedBy { error, severity } => Self { failed: Some(error), severity: Some(severity), ..nothing },
        })
    }

    fn told(self) -> Told {
        let outcome = match (self.reward, self.failed, self.severity) {
            (None, None, _) if !self.values.is_empty() => {
                Outcome::Scores(self.values.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect())
            }
            (Some(reward), ..) => Outcome::Reward(reward),
            (None, Some(error), Some(severity)) => Outcome::FailedBy { error, severity },
            (None, Some(error), None) => Outcome::Failed(error),
            (None, None, _) => Outcome::Pruned,
        };
        let last = self.step.zip(self.last);
        let (number, attempt, worker) = (self.trial, self.attempt, self.worker);
        let constraints = self.constraints;
        Told { number, attempt, worker, outcome: Some(outcome), last, constraints, is_last: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Objective;

    fn comes_back(objectives: &[Objective], outcome: Outcome, last: Option<(u64, f64)>, constraints: Vec<Constraint>) {
        let (worker, objectives) = ("a \"worker\"".to_owned(), objectives.to_vec());
        let protocol = Protocol { id: 0, study: "study".to_owned(), worker: worker.clone(), retries: 0, objectives };
        let told = Told { number: 7, attempt: 2, worker, outcome: Some(outcome), last, constraints, is_last: false };
        let text = serde_json::to_string(&Line::of(&protocol, &told).unwrap()).unwrap();
        assert_eq!(serde_json::from_str::<Line>(&text).unwrap().told(), told, "{text}");
    }

    #[test]
    fn what_is_rescued_is_what_was_told() {
        let outcomes = [
            (Outcome::Reward(0.1 + 0.2), None),
            (Outcome::Pruned, Some((7, -1e300))),
            (Outcome::Failed("no\nmemory".to_owned()), Some((3, 0.5))),
            (Outcome::FailedBy { error: String::new(), severity: 2.5 }, None),
        ];
        let constraint = Constraint::new("latency_ms", 12.5, &(..=10.0));
        for (outcome, last) in outcomes {
            comes_back(&[], outcome.clone(), last, Vec::new());
            comes_back(&[], outcome, last, vec![constraint.clone()]);
        }
        let several = [Objective::maximize("accuracy"), Objective::minimize("params")];
        let values = vec![(Cow::Borrowed("accuracy"), 0.1 + 0.2), (Cow::Borrowed("params"), -0.0)];
        comes_back(&several, Outcome::Scores(values), None, vec![constraint]);
    }
}
