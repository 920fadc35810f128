//! What a store keeps, by names only: nothing in it depends on a Rust type.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::measured::Measured;
use crate::space::{Kind, SearchSpace, Space};
use crate::train::{Direction, Objective};

/// A point in time by the store's clock, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Millis(pub u64);

impl Millis {
    /// The time so much later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// The time so much earlier.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// The time from an earlier point to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A study.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyRecord {
    /// Its number in the store.
    pub id: i64,
    /// Its name, which no other study in the store has.
    pub name: String,
    /// The number of the space that it searches now.
    pub space: i64,
    /// Which rewards are better. It is given when the study is made, and stays. In a study of several objectives that of the first one,
    /// whose value counts as the reward.
    pub direction: Direction,
    /// What is searched for, in a study of several objectives; once they are there, they stay. Empty in a study of one.
    pub objectives: Vec<Objective>,
    /// How many times its searcher was asked or told something; what was first has number 1.
    pub events: u64,
    /// How many trials there are; the next one gets this number.
    pub trials: u64,
    /// How many of them came to their end, with a reward or beyond a limit.
    pub done: u64,
    /// How many of them failed for good.
    pub failed: u64,
    /// How many of them were pruned.
    pub pruned: u64,
    /// Who leads.
    pub lease: Lease,
    /// What holds for all processes, as JSON.
    pub shared_options: Option<String>,
    /// In a word, why nothing further is proposed; none as long as something may be.
    pub ending: Option<String>,
    /// When it was made.
    pub created: Millis,
    /// What its searcher began with, a [`TransferReport`](crate::agent::TransferReport) as JSON.
    pub transfer: Option<String>,
    /// What was last known of its searcher, for reports made without it, as JSON.
    pub insight: Option<String>,
}

impl StudyRecord {
    /// A study in which nothing has happened, and that searches for the highest reward.
    #[must_use]
    pub fn new(id: i64, name: &str, space: i64, created: Millis) -> Self {
        Self {
            id,
            name: name.to_owned(),
            space,
            direction: Direction::default(),
            objectives: Vec::new(),
            events: 0,
            trials: 0,
            done: 0,
            failed: 0,
            pruned: 0,
            lease: Lease::default(),
            shared_options: None,
            ending: None,
            created,
            transfer: None,
            insight: None,
        }
    }

    /// How many trials have ended.
    #[must_use]
    pub fn ended(&self) -> u64 {
        self.done + self.failed + self.pruned
    }
}

/// The right to ask and tell a study's searcher. It is no matter of time: whoever watches it takes it over where its count of
/// heartbeats has not changed for long enough by the watcher's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lease {
    /// The worker that holds it; none where nobody does.
    pub holder: Option<String>,
    /// Grows whenever the holder changes: what was written under an earlier one is refused.
    pub epoch: u64,
    /// Grows as long as the holder is there.
    pub heartbeats: u64,
}

impl Lease {
    /// Whether a worker holds it.
    #[must_use]
    pub fn is_held_by(&self, worker: &str) -> bool {
        self.holder.as_deref() == Some(worker)
    }
}

/// A process, or a study of one, that takes part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRecord {
    /// Its name, which no other worker has.
    pub name: String,
    /// Where it runs, so that others on the same machine can see whether it is gone; none where that cannot be known.
    pub process: Option<String>,
    /// How many trials it would take and was not given.
    pub wants: u64,
    /// Grows as long as it is there.
    pub heartbeats: u64,
    /// When it last said so, for people.
    pub last_heartbeat: Millis,
}

/// A space, as it was when a study was opened with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceRecord {
    /// The type.
    pub type_name: String,
    /// Stands for all names: [`Fingerprint`](crate::space::Fingerprint).
    pub fingerprint: String,
    /// An [`Outline`](crate::space::Outline) as JSON.
    pub outline: String,
    /// Its states in row order.
    pub states: Vec<StateRecord>,
}

/// A state of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateRecord {
    /// Its name.
    pub state: String,
    /// What its actions are.
    pub kind: Kind,
    /// Their labels.
    pub actions: Vec<String>,
}

impl SpaceRecord {
    /// The space of a type.
    #[must_use]
    pub fn of<T: SearchSpace>() -> Self {
        Self::new(T::space(), std::any::type_name::<T>())
    }

    pub(crate) fn new(space: Space, type_name: &str) -> Self {
        let state = |state: crate::space::State| StateRecord {
            state: state.name().to_owned(),
            kind: state.kind,
            actions: state.labels.into_iter().map(|names| names.name).collect(),
        };
        Self {
            type_name: type_name.to_owned(),
            fingerprint: space.fingerprint().to_string(),
            outline: space.to_json(),
            states: space.states().into_iter().map(state).collect(),
        }
    }
}

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It waits for a worker.
    Queued,
    /// A worker has it.
    Running,
    /// It came to its end: with a reward, or, where it exceeds a limit, without one.
    Done,
    /// It failed for good.
    Failed,
    /// It was given up since it did not promise much.
    Pruned,
}

impl Phase {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Queued, Self::Running, Self::Done, Self::Failed, Self::Pruned];

    /// Its word in files, the same that serde writes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Pruned => "pruned",
        }
    }

    /// Whether nothing more happens to it.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Pruned)
    }
}

/// A trial.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialRecord {
    /// Its number in the study.
    pub number: u64,
    /// The number of the space that it is of.
    pub space: i64,
    /// Where it stands.
    pub phase: Phase,
    /// The decisions as a JSON object, for people and queries: the value by state name, an array where a state came up
    /// several times.
    pub config: String,
    /// State name and action label of each decision, in order.
    pub decisions: Vec<(String, String)>,
    /// The task that it is to be judged on.
    pub task: String,
    /// Its log-probability when it was sampled; 0 where no policy sampled it.
    pub log_prob: f64,
    /// Which part of the searcher proposed it, in words; none where the searcher does not say, and where it was enqueued.
    pub origin: Option<String>,
    /// What it earned, or the last value that a pruned trial reported; in a study of several objectives the value of the first. None of
    /// one that is done and exceeds a limit.
    pub reward: Option<f64>,
    /// What else was measured.
    pub measured: Measured,
    /// The step of the last value that a pruned trial reported.
    pub step: Option<u64>,
    /// Why it failed last.
    pub error: Option<String>,
    /// How bad that failure is, where the objective said so; greater is worse.
    pub severity: Option<f64>,
    /// How often it was handed to a worker: the number of the latest attempt.
    pub handed: u32,
    /// The attempt that is under way, or that counts; 0 where there is none.
    pub attempt: u32,
    /// How often it failed.
    pub failures: u32,
    /// The worker of that attempt.
    pub worker: Option<String>,
    /// When that attempt began.
    pub started: Option<Millis>,
    /// When it ended.
    pub ended: Option<Millis>,
    /// The event in which the searcher was asked for it; none where it was enqueued.
    pub asked: Option<u64>,
    /// The event in which the searcher was told of its end.
    pub learned: Option<u64>,
}

impl TrialRecord {
    /// A trial of a space that waits for a worker and decides nothing yet.
    pub(in crate::study) fn queued(number: u64, space: i64) -> Self {
        Self {
            number,
            space,
            phase: Phase::Queued,
            config: "{}".to_owned(),
            decisions: Vec::new(),
            task: String::new(),
            log_prob: 0.0,
            origin: None,
            reward: None,
            measured: Measured::default(),
            step: None,
            error: None,
            severity: None,
            handed: 0,
            attempt: 0,
            failures: 0,
            worker: None,
            started: None,
            ended: None,
            asked: None,
            learned: None,
        }
    }

    /// The same trial in the hands of a worker, with one more attempt.
    pub(super) fn claimed(self, worker: &str, now: Millis) -> Self {
        let handed = self.handed.saturating_add(1);
        let (phase, worker) = (Phase::Running, Some(worker.to_owned()));
        Self { phase, handed, attempt: handed, worker, started: Some(now), ended: None, ..self }
    }

    /// How often it was handed out again.
    #[must_use]
    pub fn retries(&self) -> u32 {
        self.handed.saturating_sub(1)
    }

    /// How long its last evaluation took, where it has ended.
    #[must_use]
    pub fn took(&self) -> Option<Duration> {
        let (ended, started) = self.ended.zip(self.started)?;
        self.phase.is_final().then(|| ended.since(started))
    }
}

/// An attempt that is not its trial's own any more: it failed and the trial is tried again, or its worker was not heard of.
#[derive(Debug, Clone, PartialEq)]
pub struct AttemptRecord {
    /// The trial's number.
    pub trial: u64,
    /// Counted from 1.
    pub attempt: u32,
    /// The worker that had it.
    pub worker: String,
    /// When it began.
    pub started: Option<Millis>,
    /// When it ended; none where nothing was told of it.
    pub ended: Option<Millis>,
    /// How it ended.
    pub end: AttemptEnd,
    /// What it earned, or the last value that it reported.
    pub reward: Option<f64>,
    /// What else was measured.
    pub measured: Measured,
    /// The step of that value.
    pub step: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
    /// How bad that was.
    pub severity: Option<f64>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptEnd {
    /// Its worker was not heard of any more, and the trial went to another one. What it tells may still count.
    Lost,
    /// It was handed back.
    Returned,
    /// With a reward.
    Done,
    /// It failed.
    Failed,
    /// It was pruned.
    Pruned,
}

impl AttemptEnd {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Lost, Self::Returned, Self::Done, Self::Failed, Self::Pruned];

    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Returned => "returned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Pruned => "pruned",
        }
    }
}

/// A value that a trial reported while it ran.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValueRecord {
    /// Its number in the store: later reports have greater ones.
    pub row: i64,
    /// The trial's number.
    pub trial: u64,
    /// The attempt that reported it.
    pub attempt: u32,
    /// The step that the value is of.
    pub step: u64,
    /// The value.
    pub value: f64,
}

/// Something that an attempt has a person or another program know: an attribute of its trial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRecord {
    /// The trial's number.
    pub trial: u64,
    /// The attempt that says it.
    pub attempt: u32,
    /// What it is called; of the same attempt and key the latest value counts.
    pub key: String,
    /// Its value, as JSON.
    pub value: String,
}

/// What a study's searcher was after an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The event.
    pub event: u64,
    /// What [`Searcher::snapshot`](crate::search::Searcher::snapshot) gave.
    pub bytes: Vec<u8>,
}
