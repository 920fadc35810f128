//! What the page tells of a study.

use std::sync::OnceLock;

use super::effect::{Effect, Unknown};
use crate::agent::{AttentionMap, Importance, TransferReport};
use crate::search::Insight;
use crate::train::{Direction, Objective};

/// A study, as far as it can be shown. Each part can be empty; the page then says so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) title: String,
    /// What is to be known of the study as a whole: a name and a value each.
    pub(crate) facts: Vec<(String, String)>,
    /// What the reader should do something about, a sentence each.
    pub(crate) warnings: Vec<String>,
    /// Whether nothing further will be proposed.
    pub(crate) has_ended: bool,
    /// Which rewards are better.
    pub(crate) direction: Direction,
    /// What is searched for, where that is more than one number.
    pub(crate) objectives: Vec<Objective>,
    /// The best of each space and task.
    pub(crate) pairs: Vec<Pair>,
    /// Those that were evaluated again in the end, best first.
    pub(crate) finalists: Vec<Finalist>,
    /// The trials by number.
    pub(crate) trials: Vec<Row>,
    /// What failed, the latest first.
    pub(crate) failures: Vec<Failure>,
    /// Who takes part.
    pub(crate) workers: Vec<Worker>,
    /// What trials reported while they ran, by trial.
    pub(crate) curves: Vec<Curve>,
    /// What can be decided, in the order of the decisions.
    pub(crate) states: Vec<Axis>,
    /// What the policy makes of each state now.
    pub(crate) policy: Vec<Importance>,
    /// What a model of rewards makes of each state now, in rewards as the user tells them.
    pub(crate) model: Option<Insight>,
    /// Which decision can follow which.
    pub(crate) graph: Graph,
    pub(crate) attention: Option<AttentionMap>,
    pub(crate) transfer: Option<TransferReport>,
    pub(crate) best: Option<BestConfig>,
    /// On what the reward depends, once somebody has asked.
    pub(crate) effects: OnceLock<Vec<Result<Effect, Unknown>>>,
}

/// A trial.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) outcome: Outcome,
    /// The value of each of several objectives, where it came to its end.
    pub(crate) values: Vec<f64>,
    /// State name and action label in the order of the decisions; a state may come up several times.
    pub(crate) decisions: Vec<(String, String)>,
    pub(crate) seconds: Option<f64>,
    /// When the attempt that counts began.
    pub(crate) since: Option<Moment>,
    pub(crate) worker: Option<String>,
    pub(crate) retries: u32,
    /// Whether somebody enqueued it, rather than the searcher proposed it.
    pub(crate) is_enqueued: bool,
    /// Which part of the searcher proposed it, in words.
    pub(crate) origin: Option<String>,
    /// Keys and values, as JSON, of what the objective noted.
    pub(crate) notes: Vec<(String, String)>,
}

/// A point in time.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// How many seconds before the page was made.
    pub(crate) ago: u64,
    pub(crate) utc: String,
}

/// An attempt that failed.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) trial: u64,
    pub(crate) attempt: u32,
    /// Why, whole; it may be empty.
    pub(crate) text: String,
    pub(crate) when: Option<Moment>,
}

/// A process, or a study of one, that takes part.
#[derive(Debug, Clone)]
pub(crate) struct Worker {
    pub(crate) name: String,
    /// In which process, where that is known.
    pub(crate) place: Option<String>,
    /// Whether it makes the proposals.
    pub(crate) leads: bool,
    /// The numbers of the trials that it has.
    pub(crate) trials: Vec<u64>,
    /// How many more it would take.
    pub(crate) wants: u64,
    pub(crate) heartbeat: Moment,
}

/// The trials of one space on one task.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// None where there is but one.
    pub(crate) space: Option<String>,
    pub(crate) task: String,
    /// How many of them have a reward.
    pub(crate) done: u64,
    /// The number and the reward of the best of them.
    pub(crate) best: Option<(u64, f64)>,
}

/// What a trial reported while it ran.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// The trial's number.
    pub(crate) trial: u64,
    /// Steps and values, the steps in rising order.
    pub(crate) points: Vec<(u64, f64)>,
}

/// How a trial ended, if it did.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Reward(f64),
    /// Its reward does not count, since it exceeds a limit: by how much, in words.
    Exceeds(String),
    /// With the error.
    Failed(String),
    /// With the last value that was reported.
    Pruned(Option<f64>),
    Running,
}

/// What a trial decides under a name, and the actions: a state, or one of several places where configs decide it.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) actions: Vec<String>,
}

/// Which decision can follow which.
#[derive(Debug, Clone, Default)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    /// From node to node, and the actions that lead there, where not all do.
    pub(crate) edges: Vec<(usize, usize, Option<String>)>,
}

/// A state of the graph.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) name: String,
    /// How many decisions come before it at most.
    pub(crate) depth: usize,
}

/// The best config so far.
#[derive(Debug, Clone)]
pub(crate) struct BestConfig {
    pub(crate) number: u64,
    pub(crate) reward: f64,
    /// The config as Rust code.
    pub(crate) code: String,
}

impl Row {
    pub(super) fn is_running(&self) -> bool {
        matches!(self.outcome, Outcome::Running)
    }

    /// Who proposed it; none where that is not known.
    pub(super) fn source(&self) -> Option<&str> {
        self.origin.as_deref().or(self.is_enqueued.then_some("enqueued"))
    }

    /// The reward, if it is a number that can be drawn.
    pub(super) fn reward(&self) -> Option<f64> {
        match self.outcome {
            Outcome::Reward(reward) => Some(reward).filter(|reward| reward.is_finite()),
            _ => None,
        }
    }
}

/// A config that was evaluated again.
#[derive(Debug, Clone)]
pub(crate) struct Finalist {
    /// The trial that had it first.
    pub(crate) number: u64,
    /// What its rewards are in the mean, how far they are from that, and the lowest and highest.
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
    pub(crate) range: (f64, f64),
    pub(crate) count: usize,
}
