//! The settings of an agent, and what is wrong with them.

use serde::{Deserialize, Serialize};

use super::direction::Direction;
use crate::policy::Attention;
use crate::sentence::debug_as_sentence;

/// All settings of an agent. The defaults are those of the paper (Appendix A), or were measured where it is silent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Seeds the initial weights and all sampling.
    pub seed: u64,
    /// How past tokens see each other.
    pub attention: Attention,
    /// Adam's step size.
    pub learning_rate: f64,
    /// λ_PQT: the weight of imitating an elite.
    pub imitation: f64,
    /// λ_ENT: the weight of the mean entropy per step.
    pub entropy: f64,
    /// K: how many elites are remembered for each space.
    pub elites: usize,
    /// The decay of the moving average of rewards.
    pub baseline_decay: f64,
    /// γ at the first sample: the share of uniform sampling.
    pub exploration: f64,
    /// The number of samples over which γ falls linearly to zero.
    pub exploration_samples: u64,
    /// How often an invalid config is drawn again before [`sample`](crate::Agent::sample) gives up.
    pub max_draws: u32,
    /// Whether rewards are learned from as ranks or as they are.
    pub rewards: Rewards,
    /// Which rewards are better. All that an agent keeps of rewards is of those that it maximises: where it minimises, of their
    /// negatives.
    #[serde(skip_serializing_if = "Direction::is_default")]
    pub direction: Direction,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 0,
            attention: Attention::Causal,
            learning_rate: 5e-4,
            imitation: 5.0,
            entropy: 0.15,
            elites: 25,
            baseline_decay: 0.95,
            exploration: 0.0,
            exploration_samples: 100,
            max_draws: 10_000,
            rewards: Rewards::Ranks,
            direction: Direction::Maximize,
        }
    }
}

/// What an agent learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rewards {
    /// Normal scores of the rewards' ranks among the last 256 outcomes of the same space and task. Neither the scale of rewards
    /// nor a single one far away matters, and failed and pruned trials teach, too.
    #[default]
    Ranks,
    /// The rewards themselves, as in the paper (Section 3.2). Failed and pruned trials teach nothing.
    Raw,
}

/// A setting out of its range, or a universe that cannot be served.
#[derive(Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A setting out of its range.
    #[error("the setting `{setting}` is {value}, but must be {range}")]
    Setting {
        /// Which one.
        setting: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        range: &'static str,
    },
    /// A universe of which no value can be made.
    #[error(
        "no value of `{universe}` can be made; a restriction in it leaves nothing, or a type in it contains itself without end"
    )]
    NoSpace {
        /// The universe's type.
        universe: &'static str,
    },
    /// Two names with one hash: the tables would be too small.
    #[error("two state or action names of `{universe}` have the same 64-bit hash; rename one of its states")]
    HashCollision {
        /// The universe's type.
        universe: &'static str,
    },
}

debug_as_sentence!(BuildError);

impl Settings {
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        let at_most_1e6 = |value: f64| (0.0..=1e6).contains(&value);
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let rows: [(&'static str, f64, bool, &'static str); 7] = [
            (
                "learning_rate",
                self.learning_rate,
                self.learning_rate > 0.0 && self.learning_rate <= 1.0,
                "above 0 and at most 1",
            ),
            ("imitation", self.imitation, at_most_1e6(self.imitation), "from 0 to 1e6"),
            ("entropy", self.entropy, at_most_1e6(self.entropy), "from 0 to 1e6"),
            ("elites", self.elites as f64, self.elites >= 1, "at least 1"),
            (
                "baseline_decay",
                self.baseline_decay,
                (0.0..1.0).contains(&self.baseline_decay),
                "at least 0 and below 1",
            ),
            ("exploration", self.exploration, share(self.exploration), "from 0 to 1"),
            ("max_draws", f64::from(self.max_draws), self.max_draws >= 1, "at least 1"),
        ];
        match rows.into_iter().find(|(_, _, good, _)| !good) {
            None => Ok(()),
            Some((setting, value, _, range)) => Err(BuildError::Setting { setting, value, range }),
        }
    }

    /// γ of a sample, counted from 0.
    pub(crate) fn gamma(&self, sample: u64) -> f64 {
        if sample >= self.exploration_samples {
            return 0.0;
        }
        self.exploration * (1.0 - sample as f64 / self.exploration_samples as f64)
    }
}
