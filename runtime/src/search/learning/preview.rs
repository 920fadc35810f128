//! What would come along from sources, where no type is known.

use std::collections::BTreeSet;

use super::super::bayesian::Bayesian;
use super::super::dreaming;
use super::super::sources::{Destination, Lesson, Lessons, MOST_DATA, Sources, shares};
use super::super::strategy::Taken;
use crate::agent::{Fate, TransferReport};
use crate::checkpoint::parcel::Contents;
use crate::checkpoint::{Checkpoint, LoadError};
use crate::policy::Pair;
use crate::space::ActionRow;

/// What is known of the strategy that would learn.
#[derive(Debug, Default)]
pub(crate) struct Learner {
    /// Whether it has the default search's model of rewards.
    has_model: bool,
    agents: Vec<Checkpoint>,
}

impl Learner {
    /// The default search.
    pub(crate) fn by_default() -> Self {
        Self { has_model: true, agents: Vec::new() }
    }

    /// The strategy of a snapshot.
    pub(crate) fn of_snapshot(snapshot: &[u8]) -> Result<Self, LoadError> {
        let Contents { strategies, agents } = Contents::of(snapshot)?;
        let is_model = |name: &String| name == Bayesian::NAME || name == dreaming::NAME;
        Ok(Self { has_model: strategies.iter().any(is_model), agents })
    }
}

impl Sources {
    /// What would come along. Whether a config is valid is known to its type only: here all are.
    pub(crate) fn preview(&self, destination: &Destination<'_>, learner: &Learner) -> TransferReport {
        let lessons = self.lessons_for(destination);
        let data = if learner.has_model { shares(&lessons.groups, MOST_DATA) } else { Vec::new() };
        let policy = learner.agents.iter().find_map(|agent| {
            let (source, policy) = lessons.policies.iter().find(|(_, policy)| agent.is_of_network_of(policy))?;
            Some((*source, agent.positions_from(policy)))
        });
        let pairs: BTreeSet<Pair> = lessons.groups.iter().map(|group| group.pair).collect();
        let tried = pairs.into_iter().flat_map(|pair| tried(&lessons, destination, pair));
        lessons.reported(tried, &Taken { data, policy })
    }
}

/// The groups of the trials of a pair that would be tried first.
fn tried(lessons: &Lessons, destination: &Destination<'_>, pair: Pair) -> Vec<usize> {
    let is_open = |state: &crate::space::StateRow| {
        let state = &lessons.report.states[state.index()];
        state.state.fate == Fate::New && state.actions.len() > 1
    };
    let leaves_open = destination.spaces[pair.space].states.iter().any(is_open);
    let mut drawn = 0;
    let made = |lesson: &Lesson| {
        lesson.outcome.reward()?;
        let is_drawn = leaves_open || lesson.decisions.iter().any(|(_, action)| *action == ActionRow::GONE);
        // What is left open is drawn, so that no two are alike.
        drawn += usize::from(is_drawn);
        Some((lesson.decisions.clone(), is_drawn.then_some(drawn)))
    };
    lessons.best_of(pair, made).into_iter().map(|(group, _)| group).collect()
}
