//! What a checkpoint says in words: names in row order, settings, baselines, elites.

use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use crate::space::{Kind, Names};
use crate::train::{Outcome, Rewards, Settings};

/// A decision as state name and action label.
pub(crate) type WrittenTrace = Vec<(String, String)>;

/// The metadata of a checkpoint, as JSON in the header of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Meta {
    /// The version of this format.
    pub(crate) format: u32,
    /// Of everything else in the file, in hexadecimal; nothing where it was not taken.
    pub(crate) checksum: String,
    pub(crate) crate_version: String,
    /// The type of the universe, for people.
    pub(crate) universe: String,
    pub(crate) settings: Settings,
    /// In row order; the start state first, whose actions are the spaces.
    pub(crate) states: Vec<StateMeta>,
    /// In row order.
    pub(crate) tasks: Vec<Names>,
    /// Samples of the policy, for the schedule of γ.
    pub(crate) samples: u64,
    /// Steps of the optimiser.
    pub(crate) steps: u32,
    #[serde(with = "super::parcel::rng_text")]
    pub(crate) rng: Pcg64,
    pub(crate) pairs: Vec<PairMeta>,
}

/// One state with its actions in row order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StateMeta {
    #[serde(flatten)]
    pub(crate) names: Names,
    pub(crate) kind: Kind,
    pub(crate) actions: Vec<Names>,
}

/// What is remembered of one space and task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairMeta {
    pub(crate) space: String,
    pub(crate) task: String,
    /// The sum and the weight of the moving average.
    pub(crate) baseline: (f64, f64),
    pub(crate) drawn: u64,
    pub(crate) accepted: u64,
    pub(crate) elites: ElitesMeta,
    /// The latest outcomes, which the next ones are ranked against, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) latest: Vec<Outcome>,
    /// Elites of an earlier agent.
    pub(crate) carried: ElitesMeta,
    /// Those of them that are to be sampled first.
    pub(crate) proposals: Vec<WrittenTrace>,
}

/// Best first.
pub(crate) type ElitesMeta = Vec<WrittenElite>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenElite {
    pub(crate) reward: f64,
    pub(crate) trace: WrittenTrace,
}

impl Meta {
    /// The version of the format that is written.
    pub(crate) const FORMAT: u32 = 2;

    /// As this version has it: agents of the first one learned from rewards as they are.
    pub(super) fn upgraded(mut self) -> Self {
        if self.format == 1 {
            (self.format, self.settings.rewards) = (Self::FORMAT, Rewards::Raw);
        }
        self
    }

    /// What makes it impossible to use, if anything.
    pub(super) fn fault(&self) -> Option<String> {
        let names = self.states.iter().map(|state| state.names.name.as_str());
        if let Some(name) = duplicate(names) {
            return Some(format!("the state `{name}` stands twice"));
        }
        for state in &self.states {
            if let Some(label) = duplicate(state.actions.iter().map(|action| action.name.as_str())) {
                return Some(format!("the action `{label}` of `{}` stands twice", state.names.name));
            }
        }
        if let Some(name) = duplicate(self.tasks.iter().map(|task| task.name.as_str())) {
            return Some(format!("the task `{name}` stands twice"));
        }
        self.pairs.iter().find_map(PairMeta::fault)
    }
}

impl PairMeta {
    fn fault(&self) -> Option<String> {
        let (sum, weight) = self.baseline;
        let rewards = self.elites.iter().chain(&self.carried).all(|elite| elite.reward.is_finite());
        let good = rewards && sum.is_finite() && (0.0..=1.0).contains(&weight) && self.accepted <= self.drawn;
        (!good).then(|| format!("a number of the space `{}` is out of its range", self.space))
    }
}

fn duplicate<'a>(names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = std::collections::HashSet::new();
    names.into_iter().find(|name| !seen.insert(*name))
}
