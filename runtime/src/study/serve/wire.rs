//! What is asked of a service and what it answers, as JSON.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::study::erased::{Assignment, Said};
use crate::study::protocol::Settled;
use crate::study::{Direction, Objective};

/// The studies of the service.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Studies {
    pub(in crate::study) studies: Vec<StudyState>,
}

/// A study: how many of its trials are where, and the best one.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Study)]
pub(in crate::study) struct StudyState {
    pub(in crate::study) name: String,
    /// Which rewards are better.
    #[schema(value_type = String, example = "maximize")]
    pub(in crate::study) direction: Direction,
    /// What it searches for, each with its name, its direction and its unit, if it has one; left out in a study of one objective. The
    /// reward is the value of the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub(in crate::study) objectives: Vec<Objective>,
    /// How many trials there are in all.
    pub(in crate::study) trials: u64,
    /// How many have a reward.
    pub(in crate::study) done: u64,
    /// How many failed for good.
    pub(in crate::study) failed: u64,
    pub(in crate::study) pruned: u64,
    /// How many wait for a worker.
    pub(in crate::study) queued: u64,
    /// How many a worker has.
    pub(in crate::study) running: u64,
    /// The trial with the best reward; null where none has one.
    #[schema(required)]
    pub(in crate::study) best: Option<BestTrial>,
    /// Why no further trials are proposed: `complete`, `stopped` or `exhausted`; null as long as some may be.
    #[schema(required)]
    pub(in crate::study) ending: Option<String>,
}

/// The trial with the best reward.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct BestTrial {
    pub(in crate::study) trial: u64,
    pub(in crate::study) reward: f64,
}

/// An attempt that a worker has in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Attempt {
    pub(in crate::study) trial: u64,
    pub(in crate::study) attempt: u32,
}

/// A worker asks for a trial.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Ask {
    /// A name that no other worker has. One worker asks for one trial at a time.
    #[schema(max_length = 200)]
    pub(in crate::study) worker: String,
    /// How many seconds the answer may take where no trial is there yet, at most 60.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 60)]
    pub(in crate::study) wait: f64,
    /// What the worker knows that it has. A running trial of its own that is not among these is given first: the answer in which it was
    /// given before was lost.
    #[serde(default)]
    pub(in crate::study) held: Vec<Attempt>,
}

/// A trial for a worker.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Asked {
    /// Null where there is none for now, or where the study is at its end.
    #[schema(required)]
    pub(in crate::study) trial: Option<Assignment>,
    /// Why there will be none: `complete`, `stopped` or `exhausted`; null where there may be one later.
    #[schema(required)]
    pub(in crate::study) ending: Option<String>,
}

/// A worker reports an intermediate value of a trial.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Report {
    #[schema(max_length = 200)]
    pub(in crate::study) worker: String,
    pub(in crate::study) attempt: u32,
    pub(in crate::study) step: u64,
    /// Null is no number, which counts as the worst of all.
    #[serde(deserialize_with = "number_or_null")]
    #[schema(required, value_type = Option<f64>)]
    pub(in crate::study) value: f64,
}

fn number_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN))
}

/// What is to become of a trial that goes on.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Reported {
    /// The study's pruner gives the trial up: stop, and tell `{"pruned": true}`.
    pub(in crate::study) prune: bool,
    /// False where the trial has ended, or another worker has it.
    pub(in crate::study) current: bool,
}

/// A worker tells how a trial ended.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Tell {
    #[schema(max_length = 200)]
    pub(in crate::study) worker: String,
    pub(in crate::study) attempt: u32,
    pub(in crate::study) outcome: Said,
    /// How often a trial that fails is tried again; as the study has it where this is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::study) retries: Option<u32>,
}

/// What became of an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Kept)]
pub(in crate::study) enum SettledAs {
    /// It is the trial's outcome, or one of its failures.
    Counts,
    /// It was told before.
    Again,
    /// The trial had ended; it is recorded beside that.
    Beside,
}

impl SettledAs {
    /// None where no such attempt was ever handed out.
    pub(in crate::study) fn of(settled: Settled) -> Option<Self> {
        match settled {
            Settled::Counts => Some(Self::Counts),
            Settled::Again => Some(Self::Again),
            Settled::Beside => Some(Self::Beside),
            Settled::Foreign => None,
        }
    }
}

impl From<SettledAs> for Settled {
    fn from(settled: SettledAs) -> Self {
        match settled {
            SettledAs::Counts => Self::Counts,
            SettledAs::Again => Self::Again,
            SettledAs::Beside => Self::Beside,
        }
    }
}

/// What became of an outcome.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Told {
    #[serde(rename = "kept")]
    pub(in crate::study) settled: SettledAs,
}

/// A worker notes something of a trial.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Note {
    #[schema(max_length = 200)]
    pub(in crate::study) worker: String,
    pub(in crate::study) attempt: u32,
    #[schema(max_length = 200)]
    pub(in crate::study) key: String,
    /// Any JSON; it takes the place of an earlier one of the same key.
    #[serde(deserialize_with = "Value::deserialize")]
    pub(in crate::study) value: Value,
}

/// It was noted.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Noted {}

/// A config to be evaluated.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Enqueue {
    /// The value of each decision, by state or place: as `values` of an assignment.
    #[schema(value_type = Object)]
    pub(in crate::study) values: serde_json::Map<String, Value>,
    /// What it is to be judged on, where the study has several tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub(in crate::study) task: Option<String>,
}

/// It waits for a worker.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Enqueued {
    /// The number of its trial.
    pub(in crate::study) trial: u64,
}

/// A worker says that it is there, and what it has.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::study) struct Heartbeat {
    #[schema(max_length = 200)]
    pub(in crate::study) worker: String,
    #[serde(default)]
    pub(in crate::study) held: Vec<Attempt>,
}

/// What a worker does not have any more.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Heard {
    /// Attempts that ended, or went to another worker.
    pub(in crate::study) lost: Vec<Attempt>,
    /// After how many seconds without a heartbeat a worker's trials go to others.
    pub(in crate::study) abandon_after: f64,
}

/// Why something was not done.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::study) struct Failure {
    /// What happened and what to do, in a sentence.
    pub(in crate::study) error: String,
}
