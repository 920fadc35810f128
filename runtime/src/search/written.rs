//! Traces by names: how snapshots hold them, and how they are read into a space that may have changed.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::context::Context;
use crate::agent::matching::{Lexicon, Matching};
use crate::agent::report::Target;
use crate::agent::save::{other_names, state_meta};
use crate::agent::{Share, TransferReport};
use crate::checkpoint::{LoadError, StateMeta};
use crate::policy::Pair;
use crate::space::guide::Guide;
use crate::space::{ActionRow, Names, StateRow, Trace};

/// A trace as the rows of its actions, among those of the names that stand beside it.
pub(super) type Rows = Vec<u32>;

/// The names of a context in row order, so that rows can be read elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Lines {
    space: String,
    states: Vec<StateMeta>,
    tasks: Vec<Names>,
    /// The name of the space and the task of each pair; others refer to pairs by their place here.
    pairs: Vec<(String, String)>,
}

impl Lines {
    pub(super) fn of(context: &Context) -> Self {
        let names = |pair: &Pair| (context.space(*pair).to_owned(), context.task(*pair).to_owned());
        Self {
            space: context.type_name().to_owned(),
            states: context.graph().vocabulary().states().iter().map(state_meta).collect(),
            tasks: context.task_names(),
            pairs: context.pairs().iter().map(names).collect(),
        }
    }

    /// The states and the tasks.
    pub(super) fn into_names(self) -> (Vec<StateMeta>, Vec<Names>) {
        (self.states, self.tasks)
    }

    fn lexicon(&self) -> Lexicon<'_> {
        Lexicon { universe: &self.space, states: &self.states, tasks: &self.tasks }
    }

    /// Reads what stands by these names in a context.
    pub(super) fn reader<'a>(&'a self, context: &'a Context) -> Reader<'a> {
        let vocabulary = context.graph().vocabulary();
        let matching = Matching::new(vocabulary, &context.task_names(), self.lexicon());
        let count = self.states.iter().map(|state| state.actions.len()).sum();
        let mut actions = vec![None; count];
        for (row, state) in vocabulary.states().iter().enumerate() {
            for action in state.rows() {
                if let Some(old) = matching.actions[action] {
                    actions[old].get_or_insert((StateRow(row as u32), ActionRow(action as u32)));
                }
            }
        }
        let pairs = self.pairs_in(context, &matching);
        Reader { lines: self, context, matching, actions, pairs }
    }

    /// What each of the pairs is in a context.
    fn pairs_in(&self, context: &Context, matching: &Matching) -> Vec<Option<Pair>> {
        let searched: HashSet<Pair> = context.pairs().iter().copied().collect();
        let (spaces, tasks) = (self.spaces_in(context), self.tasks_in(matching));
        let pair = |(space, task): &(String, String)| {
            let (space, task) = (*spaces.get(space.as_str())?, *tasks.get(task.as_str())?);
            Some(Pair { space, task: task? }).filter(|pair| searched.contains(pair))
        };
        self.pairs.iter().map(pair).collect()
    }

    /// By name as written: the space in a context.
    fn spaces_in(&self, context: &Context) -> HashMap<&str, usize> {
        if !context.is_joint() {
            let (first, space) = (self.pairs.first(), context.pairs().first().map(|pair| pair.space));
            let only = first.filter(|(first, _)| self.pairs.iter().all(|(space, _)| space == first));
            return only.zip(space).map(|((name, _), space)| (name.as_str(), space)).into_iter().collect();
        }
        let start = context.graph().vocabulary().state(StateRow(0));
        let mut called: HashMap<&str, usize> = HashMap::new();
        for (space, root) in context.graph().spaces().iter().enumerate() {
            let names = &start.labels[root.start.index() - start.rows().start];
            for name in std::iter::once(&names.name).chain(&names.aliases) {
                called.entry(name).or_insert(space);
            }
        }
        let written = self.pairs.iter().map(|(space, _)| space.as_str());
        written.filter_map(|name| Some((name, *called.get(name)?))).collect()
    }

    /// By name as written: the task in a context, if it has one there.
    fn tasks_in(&self, matching: &Matching) -> HashMap<&str, Option<usize>> {
        let mut here: HashMap<usize, usize> = HashMap::new();
        for (task, old) in matching.tasks.iter().enumerate() {
            old.map(|old| here.entry(old).or_insert(task));
        }
        // Where each side has one task, they are the same.
        let only = (self.tasks.len() == 1 && matching.tasks.len() == 1).then_some(0);
        let mut tasks = HashMap::new();
        for (old, names) in self.tasks.iter().enumerate() {
            tasks.entry(names.name.as_str()).or_insert_with(|| here.get(&old).copied().or(only));
        }
        tasks
    }
}

/// The rows of a trace of this context.
pub(super) fn rows(context: &Context, pair: Pair, trace: &Trace) -> Rows {
    let steps = context.graph().follow(pair.space, trace).unwrap_or_default();
    steps.iter().map(|step| step.action().0).collect()
}

/// The rows of decisions of this context.
pub(super) fn guide_rows(guide: &Guide) -> Rows {
    guide.decisions().iter().map(|(_, action)| action.0).collect()
}

/// Decisions as rows: of each the state, and the action where there is one here.
pub(super) type WrittenDecisions = Vec<(u32, Option<u32>)>;

pub(super) fn written_decisions(decisions: &[(StateRow, ActionRow)]) -> WrittenDecisions {
    let written = |(state, action): &(StateRow, ActionRow)| (state.0, (*action != ActionRow::GONE).then_some(action.0));
    decisions.iter().map(written).collect()
}

/// The place of a pair among those of the context.
pub(super) fn place(context: &Context, pair: Pair) -> Option<usize> {
    context.pairs().iter().position(|known| *known == pair)
}

/// What rows written by other names are here.
pub(super) struct Reader<'a> {
    lines: &'a Lines,
    context: &'a Context,
    matching: Matching,
    /// By row as written: the decision here.
    actions: Vec<Option<(StateRow, ActionRow)>>,
    /// By place as written: the pair here.
    pairs: Vec<Option<Pair>>,
}

impl Reader<'_> {
    /// An error where the names are not the same on both sides.
    pub(super) fn check_whole(&self) -> Result<(), LoadError> {
        if self.matching.is_whole() && self.pairs.iter().all(Option::is_some) {
            return Ok(());
        }
        let vocabulary = self.context.graph().vocabulary();
        Err(other_names(self.context.type_name(), vocabulary, &self.lines.states))
    }

    /// Whether rows and pairs stand as they did.
    pub(super) fn is_same(&self) -> bool {
        let is_in_order = self.matching.actions.iter().enumerate().all(|(row, old)| *old == Some(row));
        is_in_order && self.lines.pairs == Lines::of(self.context).pairs
    }

    /// The row as written of an action here.
    pub(super) fn old_action(&self, action: usize) -> Option<usize> {
        self.matching.actions[action]
    }

    /// The row as written of a state here.
    pub(super) fn old_state(&self, state: usize) -> Option<usize> {
        self.matching.states.get(state).copied().flatten()
    }

    /// The pair that was written at a place.
    pub(super) fn pair(&self, place: usize) -> Option<Pair> {
        self.pairs.get(place).copied().flatten()
    }

    /// The decisions here; none where one of them has no counterpart.
    pub(super) fn guide(&self, rows: &Rows) -> Option<Guide> {
        let decision = |row: &u32| self.actions.get(*row as usize).copied().flatten();
        rows.iter().map(decision).collect::<Option<Vec<_>>>().map(Guide::new)
    }

    /// The decisions at states that there are here.
    pub(super) fn decisions(&self, written: &WrittenDecisions) -> Vec<(StateRow, ActionRow)> {
        let here = |old: u32| self.matching.states.iter().position(|state| *state == Some(old as usize));
        let decision = |(state, action): &(u32, Option<u32>)| {
            let taken = action.and_then(|action| self.actions.get(action as usize).copied().flatten());
            Some(taken.unwrap_or((StateRow(here(*state)? as u32), ActionRow::GONE)))
        };
        written.iter().filter_map(decision).collect()
    }

    /// The trace here; none where the decisions are not those of a config of the pair.
    pub(super) fn trace(&self, pair: Pair, rows: &Rows) -> Option<Trace> {
        self.guide(rows)?.trace(self.context.graph(), pair.space)
    }

    /// What was taken over, with as many configs of so many.
    pub(super) fn report(&self, configs: Share) -> TransferReport {
        let target = Target { vocabulary: self.context.graph().vocabulary(), tasks: &self.context.task_names() };
        let positions = Share { reused: 0, of: 0 };
        TransferReport::of(target, self.lines.lexicon(), &self.matching, (positions, configs))
    }
}
