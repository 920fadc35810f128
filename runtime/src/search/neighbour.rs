//! One decision changed, and the rest repaired.

use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::space::cursor::{Pending, Step};
use crate::space::{ActionRow, Graph, StateRow, Trace};

/// A change to a trace: which decision is taken otherwise, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Change {
    pub(super) decision: usize,
    /// The place among the actions that were available.
    pub(super) action: usize,
}

/// All changes of one decision.
pub(super) fn changes(steps: &[Step<'_>]) -> Vec<Change> {
    let others = |(decision, step): (usize, &Step<'_>)| {
        let taken = step.taken;
        (0..step.len()).filter(move |&action| action != taken).map(move |action| Change { decision, action })
    };
    steps.iter().enumerate().flat_map(others).collect()
}

/// The trace with one decision changed. Decisions after it stay where their state still comes up and their action is
/// still available, and made by `fill` otherwise. None at a dead end, and where there is no such change.
pub(super) fn changed(
    (graph, space): (&Graph, usize),
    steps: &[Step<'_>],
    change: Change,
    mut fill: impl FnMut(&Pending<'_>) -> usize,
) -> Option<Trace> {
    if steps.get(change.decision).is_none_or(|step| change.action >= step.len()) {
        return None;
    }
    let mut choices: HashMap<StateRow, VecDeque<ActionRow>> = HashMap::new();
    for step in &steps[change.decision + 1..] {
        choices.entry(step.decision.state).or_default().push_back(step.action());
    }
    let mut cursor = graph.walk(space);
    let mut decision = 0;
    while let Some(pending) = cursor.pending() {
        if pending.len() == 0 {
            return None;
        }
        let taken = match decision.cmp(&change.decision) {
            Ordering::Less => steps[decision].taken,
            Ordering::Equal => change.action,
            Ordering::Greater => {
                let known = choices.get_mut(&pending.decision().state).and_then(VecDeque::pop_front);
                let place = known.and_then(|known| pending.actions().position(|action| action == known));
                place.unwrap_or_else(|| fill(&pending))
            }
        };
        cursor.choose(&pending.step(taken));
        decision += 1;
    }
    Some(cursor.into_trace())
}
