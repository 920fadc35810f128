//! Decisions that are to be taken a given way, known by state; the rest is left open.

use super::cursor::Pending;
use super::graph::Graph;
use super::trace::Trace;
use super::vocabulary::{ActionRow, StateRow};

/// Decisions of a trace to come. Where a state is decided several times, the guide's entries are used in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Guide {
    rest: Vec<(StateRow, ActionRow)>,
    /// Whether it is advice only: what cannot be taken is left open.
    is_loose: bool,
}

/// What a guide says of a pending decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// To take the available action at this place.
    Take(usize),
    /// Nothing.
    Open,
    /// To take an action that is not available.
    Unavailable,
}

impl Guide {
    pub(crate) fn new(decisions: Vec<(StateRow, ActionRow)>) -> Self {
        Self { rest: decisions, is_loose: false }
    }

    /// Decisions that are taken as far as they can be.
    pub(crate) fn loose(decisions: Vec<(StateRow, ActionRow)>) -> Self {
        Self { rest: decisions, is_loose: true }
    }

    /// Whether a trace that has come to its end did as it says.
    pub(crate) fn is_followed(&self) -> bool {
        self.is_loose || self.rest.is_empty()
    }

    /// The decisions that are left.
    pub(crate) fn decisions(&self) -> &[(StateRow, ActionRow)] {
        &self.rest
    }

    /// The trace that takes exactly these decisions; none where the space wants others.
    pub(crate) fn trace(mut self, graph: &Graph, space: usize) -> Option<Trace> {
        let mut cursor = graph.walk(space);
        while let Some(pending) = cursor.pending() {
            let Advice::Take(taken) = self.advise(&pending) else { return None };
            cursor.choose(&pending.step(taken));
        }
        self.rest.is_empty().then(|| cursor.into_trace())
    }

    /// What to do at a decision; its entry is used up.
    pub(crate) fn advise(&mut self, pending: &Pending<'_>) -> Advice {
        let Some(entry) = self.rest.iter().position(|(state, _)| *state == pending.decision().state) else {
            return Advice::Open;
        };
        let (_, action) = self.rest.remove(entry);
        let otherwise = if self.is_loose { Advice::Open } else { Advice::Unavailable };
        pending.actions().position(|available| available == action).map_or(otherwise, Advice::Take)
    }
}
