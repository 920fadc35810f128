//! Trials as people read them.

use std::time::Duration;

use super::reader::Reader;
use super::store::{Constraint, Millis, Phase, TrialRecord};
use crate::policy::AnyConfig;

/// A trial of a study.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrialRow<T> {
    /// Its number in the study, from 0.
    pub number: u64,
    /// Where it stands.
    pub phase: Phase,
    /// Its config; none where it is not one of the space any more, since the type has changed.
    pub config: Option<T>,
    /// State name and action label of each decision, in order, as they were called when it was made.
    pub decisions: Vec<(String, String)>,
    /// The task that it is judged on; `default` where the universe names none.
    pub task: String,
    /// Which part of the searcher proposed it, in words: `model: neighbour`, `random start`. None where the searcher does not
    /// say, and where it was enqueued.
    pub origin: Option<String>,
    /// What it earned, or the last value that a pruned trial reported; in a study of several objectives the value of the first. None where
    /// a limit is exceeded.
    pub reward: Option<f64>,
    /// The value of each objective, as told, where it came to its end; in a study of one objective that of this one.
    pub values: Vec<f64>,
    /// What of it has limits.
    pub constraints: Vec<Constraint>,
    /// The step of the last value that a pruned trial reported.
    pub step: Option<u64>,
    /// Why it failed last.
    pub error: Option<String>,
    /// How bad that failure is, where the objective said so; greater is worse.
    pub severity: Option<f64>,
    /// How often it was handed out again.
    pub retries: u32,
    /// The worker that has or had it.
    pub worker: Option<String>,
    /// When it was last handed to a worker.
    pub started: Option<Millis>,
    /// How long that took, where it has ended.
    pub took: Option<Duration>,
}

impl<T: AnyConfig> TrialRow<T> {
    pub(super) fn new(reader: &Reader, record: TrialRecord) -> Self {
        let made = reader.trace(&record.decisions).and_then(|(space, trace)| T::decode_any(space, &trace).ok());
        let config = made.filter(T::is_valid_any);
        Self {
            number: record.number,
            phase: record.phase,
            config,
            retries: record.retries(),
            took: record.took(),
            values: record.told().to_vec(),
            decisions: record.decisions,
            task: record.task,
            origin: record.origin,
            reward: record.reward,
            constraints: record.measured.constraints,
            step: record.step,
            error: record.error,
            severity: record.severity,
            worker: record.worker,
            started: record.started,
        }
    }
}
