//! An agent that also learns from imagined trials: the default search's model, which knows the real ones, is its teacher.

mod agent;
mod dreams;
#[cfg(test)]
mod tests;
mod trust;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand_pcg::Pcg64;

pub use agent::{DreamingAgent, DreamingAgentBuilder};
pub use dreams::Dreams;
pub(super) use written::NAME;

use self::trust::Record;
use super::bayesian::Bayesian;
use super::context::{Context, Proposal};
use super::insight::Insight;
use super::sources::Lessons;
use super::strategy::{Strategy, Taken};
use crate::agent::core::Core;
use crate::agent::{AttentionMap, Importance, ObserveError, TransferReport};
use crate::checkpoint::{LoadError, SaveError};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{SampleError, Trace};
use crate::train::model::Transformer;
use crate::train::scores::Window;
use crate::train::{Direction, Outcome};

/// The strategy of [`DreamingAgent`]: an agent and its teacher.
#[derive(Debug, Clone)]
pub(super) struct Dreaming {
    agent: Core<Transformer>,
    /// Knows all trials, and proposes none.
    teacher: Bayesian,
    dreams: Dreams,
    /// For what is imagined.
    rng: Pcg64,
    heard: BTreeMap<Pair, Heard>,
}

/// What was heard of a space and task.
#[derive(Debug, Clone, Default)]
struct Heard {
    told: u64,
    record: Record,
}

/// The teacher is asked for predictions once it has heard of so many trials.
const PREDICTS_AFTER: u64 = 10;
/// The seeds of the teacher and of what is imagined are that of the agent, changed so that no two draw the same numbers.
const TEACHER: u64 = 0x7465_6163_6865_7200;
const IMAGINED: u64 = 0x696d_6167_696e_6564;

impl Dreaming {
    fn new(mut agent: Core<Transformer>, dreams: Dreams) -> Self {
        agent.settings.imitation = dreams.imitation;
        let seed = agent.settings.seed;
        let rng = Pcg64::seed_from_u64(seed ^ IMAGINED);
        Self { agent, teacher: Bayesian::new(seed ^ TEACHER), dreams, rng, heard: BTreeMap::new() }
    }

    /// Whether there is enough to imagine from, and it can be trusted.
    fn can_imagine(&self, pair: Pair) -> bool {
        self.heard.get(&pair).is_some_and(|Heard { told, record }| {
            *told >= self.dreams.after && record.correlation().is_some_and(|found| found >= self.dreams.trust)
        })
    }

    /// What the teacher predicts of a config of whose end it has not heard, with that end.
    fn note(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) {
        let Proposal { pair, trace, .. } = proposal;
        let Some(earned) = self.teacher.scalarized_alike(*pair, outcome).merit() else { return };
        let heard = self.heard.entry(*pair).or_default();
        heard.told = heard.told.saturating_add(1);
        if heard.told > PREDICTS_AFTER
            && let Some(predicted) = self.teacher.predicted(context, *pair, trace)
        {
            heard.record.push(predicted, earned);
        }
    }

    /// One step on a batch of imagined trials: each earns what one draw of the teacher's posterior says, and its advantage is the
    /// normal score of its rank among them. Configs that are not valid are the last: what is imagined must not lead there.
    fn dream(&mut self, context: &Context, pair: Pair) {
        let is_valid = |trace: &Trace| context.is_valid(pair, trace).unwrap_or(false);
        let traces = self.agent.imagine(pair, self.dreams.batch, &mut self.rng, is_valid);
        let valid = traces.iter().filter(|(_, is_valid)| *is_valid);
        let distinct: BTreeSet<&Trace> = valid.map(|(trace, _)| trace).collect();
        let distinct: Vec<Trace> = distinct.into_iter().cloned().collect();
        let Some(drawn) = self.teacher.imagined(context, pair, &distinct, &mut self.rng) else { return };
        let outcome = |(trace, is_valid): &(Trace, bool)| match distinct.binary_search(trace) {
            Ok(place) if *is_valid => Outcome::Reward(drawn[place]),
            _ => Outcome::FAILED,
        };
        let batch: Window = traces.iter().map(outcome).collect();
        let scores = traces.iter().filter_map(|trace| outcome(trace).merit()).map(|merit| batch.score(merit));
        let scores: Vec<f64> = scores.collect();
        let judged: Vec<(Trace, f64)> = traces.into_iter().map(|(trace, _)| trace).zip(scores).collect();
        if judged.len() > 1 {
            self.agent.ascend(pair, &judged, (self.dreams.learning_rate, self.dreams.entropy));
        }
    }
}

impl Strategy for Dreaming {
    fn propose(&mut self, context: &Context) -> Result<Proposal, SampleError> {
        self.agent.propose(context)
    }

    fn learn(&mut self, context: &Context, proposal: &Proposal, outcome: Outcome) -> Result<(), ObserveError> {
        Strategy::learn(&mut self.agent, context, proposal, outcome)?;
        self.note(context, proposal, outcome);
        self.teacher.learn(context, proposal, outcome)?;
        if self.can_imagine(proposal.pair) {
            (0..self.dreams.steps).for_each(|_| self.dream(context, proposal.pair));
        }
        Ok(())
    }

    fn snapshot(&self, context: &Context) -> Result<Option<Vec<u8>>, SaveError> {
        self.to_bytes(context).map(Some)
    }

    fn restore(&mut self, context: &Context, snapshot: &[u8]) -> Result<bool, LoadError> {
        *self = self.read(context, snapshot)?;
        Ok(true)
    }

    fn learn_from(&mut self, context: &Context, lessons: &Lessons) -> Result<Taken, LoadError> {
        let of_agent = self.agent.learn_from(context, lessons)?;
        Ok(of_agent.or(&self.teacher.learn_from(context, lessons)?))
    }

    fn complete(&mut self, context: &Context, pair: Pair, guide: &Guide) -> Option<Trace> {
        Strategy::complete(&mut self.agent, context, pair, guide)
    }

    /// The agent is transferred, and what the teacher knows of the states goes along; what was earned there it does not believe here.
    fn adapt(
        &mut self,
        context: &Context,
        snapshot: &[u8],
        starts: usize,
    ) -> Result<Option<TransferReport>, LoadError> {
        self.adapted(context, snapshot, starts)
    }

    fn admits(&self, outcome: Outcome) -> Result<(), ObserveError> {
        self.agent.admits(outcome)
    }

    fn towards(&mut self, direction: Direction) {
        self.agent.towards(direction);
    }

    fn log_prob(&self, pair: Pair, trace: &Trace) -> f64 {
        Strategy::log_prob(&self.agent, pair, trace)
    }

    fn importance(&self, pair: Pair) -> Vec<Importance> {
        Strategy::importance(&self.agent, pair)
    }

    /// The teacher's.
    fn insight(&self, context: &Context, pair: Pair) -> Option<Insight> {
        self.teacher.insight(context, pair)
    }

    fn attention(&self, pair: Pair, trace: &Trace) -> Option<AttentionMap> {
        Strategy::attention(&self.agent, pair, trace)
    }

    fn acceptance(&self, pair: Pair) -> Option<f64> {
        Strategy::acceptance(&self.agent, pair)
    }
}
