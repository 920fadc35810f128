//! What there is to see of a checkpoint.

use super::Checkpoint;
use super::meta::PairMeta;
use crate::space::Kind;
use crate::train::Settings;

/// What is remembered of a space on a task.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct PairSummary<'a> {
    /// The space.
    pub space: &'a str,
    /// The task.
    pub task: &'a str,
    /// The moving average that trials are held against: of scores, or of rewards where these are learned from as they are. None
    /// before the first trial.
    pub baseline: Option<f64>,
    /// How many elites there are.
    pub elites: usize,
    /// The reward of the best elite, and its decisions as state name and action label.
    pub best: Option<(f64, &'a [(String, String)])>,
    /// How many elites came from another agent.
    pub carried: usize,
}

impl Checkpoint {
    /// The type of the universe that the agent served.
    #[must_use]
    pub fn universe(&self) -> &str {
        &self.meta.universe
    }

    /// The settings of the agent.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.meta.settings
    }

    /// How many steps the optimiser has made.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.meta.steps
    }

    /// How many samples the policy has drawn.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.meta.samples
    }

    /// What the actions of each state are, in row order.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.meta.states.iter().map(|state| state.kind)
    }

    /// The tasks in row order.
    pub fn tasks(&self) -> impl Iterator<Item = &str> {
        self.meta.tasks.iter().map(|task| task.name.as_str())
    }

    /// What is remembered of each space and task.
    pub fn pairs(&self) -> impl Iterator<Item = PairSummary<'_>> {
        let sign = self.meta.settings.direction.sign();
        self.meta.pairs.iter().map(move |pair| pair.summary(sign))
    }

    /// How long a trace can be, the start included.
    pub(crate) fn positions(&self) -> usize {
        self.tensors.get("positions").and_then(|data| data.shape.first()).copied().unwrap_or_default()
    }
}

impl PairMeta {
    fn summary(&self, sign: f64) -> PairSummary<'_> {
        let (sum, weight) = self.baseline;
        PairSummary {
            space: &self.space,
            task: &self.task,
            baseline: (weight > 0.0).then(|| sum / weight),
            elites: self.elites.len(),
            best: self.elites.first().map(|elite| (sign * elite.reward, elite.trace.as_slice())),
            carried: self.carried.len(),
        }
    }
}
