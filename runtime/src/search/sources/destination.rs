//! Where what sources teach is to be of use: spaces and tasks, by names.

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::context::Context;
use crate::policy::Pair;
use crate::space::{ActionRow, Names, START, StateRow, Vocabulary};

/// The names of spaces and tasks, which are all that has to be known of them to find out what sources have to teach there.
#[derive(Debug, Clone)]
pub(crate) struct Destination<'a> {
    pub(crate) vocabulary: Cow<'a, Vocabulary>,
    pub(crate) tasks: Vec<Names>,
    pub(crate) spaces: Vec<SpaceNames>,
    /// The pairs that are searched.
    pub(crate) pairs: Vec<Pair>,
}

/// One of the spaces.
#[derive(Debug, Clone)]
pub(crate) struct SpaceNames {
    /// The action that names it, where there is a start state.
    pub(crate) start: Option<ActionRow>,
    /// The states that some of its configs decide.
    pub(crate) states: HashSet<StateRow>,
}

impl<'a> Destination<'a> {
    pub(super) fn of(context: &'a Context) -> Self {
        let graph = context.graph();
        let has_start = graph.vocabulary().states().first().is_some_and(|state| state.name() == START);
        let spaces = graph
            .spaces()
            .iter()
            .enumerate()
            .map(|(space, root)| SpaceNames { start: has_start.then_some(root.start), states: graph.states_of(space) });
        Self {
            vocabulary: Cow::Borrowed(graph.vocabulary()),
            tasks: context.task_names(),
            spaces: spaces.collect(),
            pairs: context.pairs().to_vec(),
        }
    }
}
