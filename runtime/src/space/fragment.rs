//! Which decision can follow which: pieces of a transition graph, put together from their ends.

use std::collections::BTreeSet;

/// The number of the end, which comes after all states.
pub(super) const END: usize = usize::MAX;

/// An action of a state, both by number.
pub(super) type Taken = (usize, usize);

/// The transitions within some parts of a space, with loose ends.
///
/// A state occurs once, however often the parts use it, so the size is bounded by that of the graph.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fragment {
    /// The states that can be decided first.
    first: BTreeSet<usize>,
    /// Whether the parts can be passed without a decision.
    passable: bool,
    /// The actions that can be taken last.
    last: BTreeSet<Taken>,
    /// The state that follows an action.
    edges: BTreeSet<(Taken, usize)>,
}

impl Fragment {
    /// No decision.
    pub(super) fn nothing() -> Self {
        Self { passable: true, ..Self::default() }
    }

    /// One action.
    pub(super) fn action(state: usize, action: usize) -> Self {
        Self { first: [state].into(), last: [(state, action)].into(), ..Self::default() }
    }

    /// The end of a space, as if it were a state.
    pub(super) fn end() -> Self {
        Self { first: [END].into(), ..Self::default() }
    }

    /// This and then the other.
    pub(super) fn then(mut self, next: &Self) -> Self {
        self.link(&next.first);
        self.edges.extend(&next.edges);
        if self.passable {
            self.first.extend(&next.first);
        }
        if !next.passable {
            self.last.clear();
        }
        self.last.extend(&next.last);
        self.passable &= next.passable;
        self
    }

    /// This or the other.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.first.extend(other.first);
        self.passable |= other.passable;
        self.last.extend(other.last);
        self.edges.extend(other.edges);
        self
    }

    /// This at least once and at most so often.
    pub(super) fn times(mut self, max: usize) -> Self {
        if max == 0 {
            return Self::nothing();
        }
        if max > 1 {
            let first = self.first.clone();
            self.link(&first);
        }
        self
    }

    /// All transitions.
    pub(super) fn edges(&self) -> impl Iterator<Item = (Taken, usize)> {
        self.edges.iter().copied()
    }

    fn link(&mut self, first: &BTreeSet<usize>) {
        for &taken in &self.last {
            self.edges.extend(first.iter().map(|&state| (taken, state)));
        }
    }
}
