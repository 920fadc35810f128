//! The run-time form of a universe: a graph of decisions whose states and actions are rows.

use std::collections::HashSet;

use super::build::Builder;
use super::cursor::{Cursor, Step, WalkError};
use super::node::Node;
use super::part::{Decision, Next, Part, PartId, Root};
use super::trace::Trace;
use super::vocabulary::{ActionRow, StateRow, Vocabulary};

/// A universe with its vocabulary, ready to be walked.
#[derive(Debug, Clone)]
pub struct Graph {
    vocabulary: Vocabulary,
    spaces: Vec<Root>,
    parts: Vec<Part>,
}

impl Graph {
    /// The graph of the universe that starts at `start`, a [`Node::Choice`] of its spaces.
    #[must_use]
    pub fn new(start: &'static Node) -> Self {
        let (mut graph, root) = Self::build(start);
        graph.spaces = roots(&graph.parts, root);
        graph
    }

    /// The graph of one space, without a start state.
    pub(crate) fn of_space(node: &'static Node) -> Self {
        let (mut graph, part) = Self::build(node);
        graph.spaces = vec![Root { start: ActionRow(0), part }];
        graph
    }

    fn build(node: &'static Node) -> (Self, PartId) {
        let (vocabulary, parts, root) = Builder::build(node);
        (Self { vocabulary, spaces: Vec::new(), parts }, root)
    }

    /// The states and actions of all spaces.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    pub(crate) fn spaces(&self) -> &[Root] {
        &self.spaces
    }

    pub(crate) fn part(&self, id: PartId) -> &Part {
        &self.parts[id.0 as usize]
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = (PartId, &Part)> {
        self.parts.iter().enumerate().map(|(i, part)| (PartId(i as u32), part))
    }

    /// Whether nothing hangs on a decision: no further ones, and no comparison.
    pub(crate) fn is_alone(&self, part: PartId) -> bool {
        matches!(self.part(part), Part::Decision(Decision { slot: None, .. }, Next::Nothing))
    }

    /// The states that some config of a space decides.
    pub(crate) fn states_of(&self, space: usize) -> HashSet<StateRow> {
        let (mut states, mut visited, mut open) = (HashSet::new(), HashSet::new(), vec![self.spaces[space].part]);
        while let Some(id) = open.pop() {
            if !visited.insert(id) {
                continue;
            }
            match self.part(id) {
                Part::Sequence { parts, .. } => open.extend(parts),
                Part::Pruned(_, part) => open.push(*part),
                Part::Decision(decision, next) => {
                    states.insert(decision.state);
                    match next {
                        Next::Nothing => {}
                        Next::Branches(branches) => open.extend(branches.iter().flatten()),
                        Next::Items { items, .. } => open.extend(items),
                    }
                }
            }
        }
        states
    }

    /// A cursor at the first decision of a space.
    pub(crate) fn walk(&self, space: usize) -> Cursor<'_> {
        Cursor::new(&self.parts, self.spaces[space].part)
    }

    /// The decisions of a trace, each with the action taken.
    pub(crate) fn follow(&self, space: usize, trace: &Trace) -> Result<Vec<Step<'_>>, WalkError> {
        let mut cursor = self.walk(space);
        let mut steps = Vec::with_capacity(trace.len());
        for &index in trace.indices() {
            let Some(pending) = cursor.pending() else {
                return Err(WalkError::TooLong { left: trace.len() - steps.len() });
            };
            let step = pending.take(index).ok_or_else(|| self.refusal(&steps, pending.decision(), index))?;
            cursor.choose(&step);
            steps.push(step);
        }
        match cursor.pending() {
            None => Ok(steps),
            Some(_) => Err(WalkError::TooShort { len: trace.len() }),
        }
    }

    /// The decisions of a trace by state name and action label.
    pub(crate) fn names(&self, space: usize, trace: &Trace) -> Result<Vec<(String, String)>, WalkError> {
        let name = |step: Step<'_>| self.vocabulary.names(step.decision.state, step.action());
        Ok(self.follow(space, trace)?.into_iter().map(name).collect())
    }

    fn refusal(&self, steps: &[Step<'_>], decision: &Decision, index: u32) -> WalkError {
        let state = self.vocabulary.state(decision.state);
        let position = decision.indices.binary_search(&index);
        let label = |i: usize| state.label(decision.actions[i]).to_owned();
        let action = position.map_or_else(|_| format!("an action left out here (number {index})"), label);
        WalkError::Unavailable { step: steps.len(), state: state.name().to_owned(), action }
    }
}

fn roots(parts: &[Part], root: PartId) -> Vec<Root> {
    let Part::Decision(decision, Next::Branches(branches)) = &parts[root.0 as usize] else {
        return Vec::new();
    };
    let named = decision.actions.iter().zip(branches);
    named.filter_map(|(&start, part)| part.map(|part| Root { start, part })).collect()
}
