//! What the graph of a universe consists of.

use super::relation::{Number, Relation};
use super::trace::Trace;
use super::vocabulary::{ActionRow, StateRow};

/// One space of a universe.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    /// The start state's action that names this space.
    pub(crate) start: ActionRow,
    pub(crate) part: PartId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PartId(pub(crate) u32);

#[derive(Debug, Clone)]
pub(crate) enum Part {
    Decision(Decision, Next),
    /// The parts one after the other; where numbers are compared, each number is remembered while the sequence lasts.
    Sequence {
        parts: Vec<PartId>,
        compares: bool,
        /// Whether they are the places of a permutation: of the same actions, each is taken once.
        permutes: bool,
    },
    Pruned(Prune, PartId),
}

/// A predicate on beginnings; see [`Node::Pruned`].
pub(crate) type Prune = fn(&Trace, usize) -> bool;

/// A decision to be made: its state, and its actions by position.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The state.
    pub state: StateRow,
    /// The row of each action that the state has here.
    pub actions: Vec<ActionRow>,
    /// The index of each action in a trace, ascending.
    pub(crate) indices: Vec<u32>,
    /// The positions of the actions after which a value can be completed.
    pub(crate) open: Vec<u32>,
    /// Where the number of the action taken is remembered for later comparisons.
    pub(crate) slot: Option<usize>,
    /// What must hold between the number taken here and earlier ones.
    pub(crate) comparisons: Vec<(Relation, usize)>,
    /// Whether it is a place of a permutation.
    pub(crate) permutes: bool,
    /// How likely each action is before anything is known, by position; empty where all are alike.
    pub(crate) weights: Vec<f64>,
    /// The number of each action, where some comparison needs it.
    pub(crate) numbers: Vec<Option<Number>>,
}

/// What follows a decision.
#[derive(Debug, Clone)]
pub(crate) enum Next {
    Nothing,
    /// By position; none where a recursive type would go too deep.
    Branches(Vec<Option<PartId>>),
    /// The action at position `i` is followed by the first `min + i` items.
    Items {
        min: usize,
        items: Vec<PartId>,
    },
}

impl Decision {
    /// Whether it is a place of a permutation, whose available actions lead to equally many configs.
    pub(crate) fn is_of_permutation(&self) -> bool {
        self.permutes
    }
}
