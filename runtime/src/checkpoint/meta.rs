//! What a checkpoint says in words: names in row order, settings, baselines, elites.

use std::collections::HashSet;
use std::hash::Hash;

use rand_pcg::Pcg64;
use serde::{Deserialize, Serialize};

use crate::space::{Kind, Names};
use crate::train::{MAX_REWARD, Outcome, Rewards, Settings};

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
    /// Of several objectives, the trials on the front.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) front: Vec<(WrittenTrace, Outcome)>,
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
        let pairs = self.pairs.iter().map(|pair| (pair.space.as_str(), pair.task.as_str()));
        if let Some((space, task)) = duplicate(pairs) {
            return Some(format!("the space `{space}` on the task `{task}` stands twice"));
        }
        let steps = (i32::try_from(self.steps).is_err()).then(|| format!("{} `steps`", self.steps));
        let samples = (self.samples > MOST_COUNTED).then(|| format!("{} `samples`", self.samples));
        if let Some(count) = steps.or(samples) {
            return Some(format!("no agent comes to {count}"));
        }
        self.pairs.iter().find_map(|pair| pair.fault(&self.settings))
    }
}

/// More draws than any agent makes: sums of such counts stay within 64 bits.
const MOST_COUNTED: u64 = 1 << 48;
/// The normal score of a rank in a window is within ±2.9.
const MOST_SCORED: f64 = 4.0;

impl PairMeta {
    fn fault(&self, settings: &Settings) -> Option<String> {
        let field = self.field_fault(settings)?;
        Some(format!("of the space `{}` on the task `{}`, {field}", self.space, self.task))
    }

    /// What is wrong with which field.
    fn field_fault(&self, settings: &Settings) -> Option<String> {
        let (learned, earned) = match settings.rewards {
            Rewards::Ranks => (MOST_SCORED, f64::MAX),
            Rewards::Raw => (MAX_REWARD, MAX_REWARD),
        };
        let (sum, weight) = self.baseline;
        let is_reward = |elite: &WrittenElite| elite.reward.abs() <= earned;
        let (drawn, accepted, elites) = (self.drawn, self.accepted, self.elites.len());
        let is_average = (0.0..=1.0).contains(&weight) && sum.abs() <= learned * weight * (1.0 + 1e-6);
        if !is_average {
            return Some(format!("the `baseline` of {sum} by the weight {weight} is out of its range"));
        }
        if drawn > MOST_COUNTED {
            return Some(format!("the number `drawn`, {drawn}, is out of its range"));
        }
        if accepted > drawn {
            return Some(format!("more configs were `accepted`, {accepted}, than `drawn`, {drawn}"));
        }
        if elites > settings.elites {
            return Some(format!("there are {elites} `elites`, more than its settings allow, {}", settings.elites));
        }
        (!self.elites.iter().all(is_reward)).then(|| "the reward of one of the `elites` is out of its range".to_owned())
    }
}

fn duplicate<T: Copy + Eq + Hash>(names: impl Iterator<Item = T>) -> Option<T> {
    let mut known = HashSet::new();
    names.into_iter().find(|name| !known.insert(*name))
}
