//! Traces by names: how snapshots hold them, and how they are read into a space that may have changed.

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
        Reader { lines: self, context, matching, actions }
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
}

impl Reader<'_> {
    /// An error where the names are not the same on both sides.
    pub(super) fn check_whole(&self) -> Result<(), LoadError> {
        let pairs = (0..self.lines.pairs.len()).all(|place| self.pair(place).is_some());
        if self.matching.is_whole() && pairs {
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
        let (space, task) = self.lines.pairs.get(place)?;
        let old = self.lines.tasks.iter().position(|known| known.name == *task)?;
        let task = self.matching.tasks.iter().position(|&row| row == Some(old));
        // Where each side has one task, they are the same.
        let only = || (self.lines.tasks.len() == 1 && self.matching.tasks.len() == 1).then_some(0);
        let (space, task) = (self.space(space)?, task.or_else(only)?);
        self.context.pairs().iter().copied().find(|pair| *pair == Pair { space, task })
    }

    fn space(&self, name: &str) -> Option<usize> {
        if !self.context.is_joint() {
            let mut names: Vec<&str> = self.lines.pairs.iter().map(|(space, _)| space.as_str()).collect();
            names.dedup();
            let space = self.context.pairs().first().map(|pair| pair.space)?;
            return (names.len() == 1).then_some(space);
        }
        let start = self.context.graph().vocabulary().state(StateRow(0));
        let is_called = |row: usize| {
            let names = &start.labels[row - start.rows().start];
            names.name == name || names.aliases.iter().any(|alias| alias == name)
        };
        self.context.graph().spaces().iter().position(|root| is_called(root.start.index()))
    }

    /// The decisions here; none where one of them has no counterpart.
    pub(super) fn guide(&self, rows: &Rows) -> Option<Guide> {
        let decision = |row: &u32| self.actions.get(*row as usize).copied().flatten();
        rows.iter().map(decision).collect::<Option<Vec<_>>>().map(Guide::new)
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
