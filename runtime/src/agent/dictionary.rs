//! Between decisions by name, as checkpoints hold them, and decisions by row.

use std::collections::HashMap;

use super::matching::{Matching, first_actions};
use crate::checkpoint::{StateMeta, WrittenTrace};
use crate::space::guide::Guide;
use crate::space::{ActionRow, Graph, StateRow, Trace, Vocabulary};

/// What the names of a checkpoint are called here.
pub(crate) struct Dictionary<'a> {
    /// By the checkpoint's name of a state.
    states: HashMap<&'a str, StateRow>,
    /// By the checkpoint's names of a state and a label.
    actions: HashMap<(&'a str, &'a str), ActionRow>,
}

impl<'a> Dictionary<'a> {
    pub(crate) fn new(vocabulary: &Vocabulary, states: &'a [StateMeta], matching: &Matching) -> Self {
        let mut this = Self { states: HashMap::new(), actions: HashMap::new() };
        let (firsts, _) = first_actions(states);
        for (row, state) in vocabulary.states().iter().enumerate() {
            let Some(old) = matching.states[row] else { continue };
            let written = &states[old];
            let name = written.names.name.as_str();
            if this.states.contains_key(name) {
                continue;
            }
            this.states.insert(name, StateRow(row as u32));
            for action in state.rows() {
                if let Some(old_action) = matching.actions[action] {
                    let label = written.actions[old_action - firsts[old]].name.as_str();
                    this.actions.insert((name, label), ActionRow(action as u32));
                }
            }
        }
        this
    }

    /// The decisions in rows; none where one of them has no counterpart.
    pub(crate) fn guide(&self, trace: &WrittenTrace) -> Option<Guide> {
        let row = |(state, label): &(String, String)| {
            Some((*self.states.get(state.as_str())?, *self.actions.get(&(state.as_str(), label.as_str()))?))
        };
        trace.iter().map(row).collect::<Option<Vec<_>>>().map(Guide::new)
    }
}

impl Dictionary<'_> {
    /// The decisions at states that there are here, in rows. An action that there is none of here is
    /// [`GONE`](ActionRow::GONE).
    pub(crate) fn known(&self, trace: &WrittenTrace) -> Vec<(StateRow, ActionRow)> {
        let row = |(state, label): &(String, String)| {
            let action = self.actions.get(&(state.as_str(), label.as_str())).copied();
            Some((*self.states.get(state.as_str())?, action.unwrap_or(ActionRow::GONE)))
        };
        trace.iter().filter_map(row).collect()
    }
}

/// A trace as state names and action labels; nothing where it does not lead through the space.
pub(crate) fn write_trace(graph: &Graph, space: usize, trace: &Trace) -> WrittenTrace {
    graph.names(space, trace).unwrap_or_default()
}

/// A guide as state names and action labels.
pub(crate) fn write_guide(vocabulary: &Vocabulary, guide: &Guide) -> WrittenTrace {
    guide.decisions().iter().map(|(state, action)| vocabulary.names(*state, *action)).collect()
}
