//! The tree that describes a space, made of constants only.

use serde::{Deserialize, Serialize};

use super::link::{Link, Owner};
use super::relation::{Comparison, Number};
use super::trace::Trace;

/// What a value can be: a constant tree whose walk, from the left and depth first, is the order of the decisions.
///
/// The `#[search_space]` macro writes these trees; [`SearchSpace::SPACE`](super::SearchSpace::SPACE) holds them.
/// A decision has no name of its own: it takes the name that stands above it in the tree, so one description of
/// `bool` serves every field of that type.
#[derive(Debug, Clone, Copy)]
pub enum Node {
    /// Nothing to decide.
    Unit,
    /// Gives what is below an absolute name, whatever stood above: `Dense.units`.
    Named {
        /// The state name.
        name: &'static str,
        /// What it was called in earlier versions of the type.
        aliases: &'static [&'static str],
        /// What of the name stands behind that of the type, empty for the type's own; none where a state was named.
        local: Option<&'static str>,
        /// Whether states of other types may have the name, too: it was given, or said to be shared.
        shared: bool,
        /// Where the name was written, for people: `Dense.units (src/model.rs:12)`.
        site: &'static str,
        /// What bears the name.
        node: &'static Node,
    },
    /// Appends to the name that stands above: `.some`, `.0`.
    Within {
        /// The end of the name.
        suffix: &'static str,
        /// What bears the longer name.
        node: &'static Node,
    },
    /// The types below have states of their own here: what stands above takes the place of their names.
    Own {
        /// What has them.
        node: &'static Node,
    },
    /// The tree of a type in a `Box` or a `Vec`.
    Link(Link<Self>),
    /// One decision with nothing depending on it.
    Decide(Domain),
    /// One decision whose action says what is decided next.
    Choice {
        /// What the labels stand for.
        kind: Kind,
        /// The actions, and what follows each.
        branches: &'static [Branch],
    },
    /// One after the other.
    Sequence(&'static [&'static Node]),
    /// `len` times the same.
    Array {
        /// What is repeated.
        item: &'static Node,
        /// How often.
        len: usize,
        /// How decisions without a name of their own are told apart.
        naming: Naming,
    },
    /// First the length (state `….len`), then so many items.
    Repeat {
        /// What is repeated.
        item: &'static Node,
        /// The least length.
        min: usize,
        /// The greatest length.
        max: usize,
        /// How decisions without a name of their own are told apart.
        naming: Naming,
    },
    /// The first decision below offers only some of its actions here.
    Restricted {
        /// Their labels, or those of all others.
        labels: &'static [&'static str],
        /// Whether the labels are those to keep.
        keep: bool,
        /// The decision.
        node: &'static Node,
    },
    /// The first decision below has actions that are likelier than others before anything is known.
    Weighted {
        /// A weight for each action, those that are not offered here too; all above zero.
        weights: &'static [f64],
        /// The decision.
        node: &'static Node,
    },
    /// Which of several items are taken, each of which is a decision: `Training.augment[flip]`. So many at least and at most; no
    /// action is available that leads to another number.
    Subset {
        /// The items.
        labels: &'static [&'static str],
        /// How many are taken at least.
        min: usize,
        /// How many are taken at most.
        max: usize,
    },
    /// The order of several items: a decision for each place, of which those taken before are not available.
    Permutation {
        /// The items.
        labels: &'static [&'static str],
    },
    /// A plain decision, part of a sequence, whose number is held against those of earlier parts.
    Compared {
        /// What must hold.
        comparisons: &'static [Comparison],
        /// The decision.
        node: &'static Node,
    },
    /// A part whose beginnings can be dead ends.
    Pruned {
        /// Whether a value of the part is beyond saving: its trace, of which so many decisions are made and the rest
        /// stand at their first available action.
        prune: fn(&Trace, usize) -> bool,
        /// The part.
        node: &'static Node,
    },
    /// A type that contains itself, up to a depth. Inside of itself, by way of other types, it is as [`Node::Again`].
    Recursive {
        /// The type's name.
        name: &'static str,
        /// The type; none of one with parameters, whose depth is counted anew at each place where it stands.
        owner: Option<Owner>,
        /// How deep values are nested at most; 1 is a value without another one inside.
        max_depth: usize,
        /// The type's tree, with [`Node::Again`] where it contains itself.
        node: &'static Node,
    },
    /// The innermost [`Node::Recursive`] of this name once more.
    Again {
        /// The type's name.
        name: &'static str,
    },
}

/// How the decisions of repeated items are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// By position: `Cell.edge[3]`.
    Numbered,
    /// By the positions given, which are those in an array that several spaces share.
    At(&'static [usize]),
    /// All alike: one state for all items.
    Tied,
}

impl Naming {
    /// The number of item `i`; none where items are not told apart.
    #[must_use]
    pub(crate) const fn number(self, i: usize) -> Option<usize> {
        match self {
            Self::Numbered => Some(i),
            Self::At(indices) => Some(indices[i]),
            Self::Tied => None,
        }
    }
}

/// One action of a [`Node::Choice`] and what follows it.
#[derive(Debug, Clone, Copy)]
pub struct Branch {
    /// The action's label.
    pub label: &'static str,
    /// What it was called in earlier versions of the type.
    pub aliases: &'static [&'static str],
    /// What is decided after it.
    pub node: &'static Node,
}

/// The actions of one plain decision.
#[derive(Debug, Clone, Copy)]
pub struct Domain {
    /// What the labels stand for.
    pub kind: Kind,
    /// The labels.
    pub actions: Actions,
}

/// The labels of a plain decision, in the order in which they are indexed.
#[derive(Debug, Clone, Copy)]
pub enum Actions {
    /// Listed.
    Labels(&'static [&'static str]),
    /// Listed numbers; a label may be another name than the number's own.
    Numbers {
        /// The labels.
        labels: &'static [&'static str],
        /// The number of each label.
        values: &'static [Number],
    },
    /// `first`, `first + step`, …: `count` whole numbers.
    Range {
        /// The first number.
        first: i128,
        /// The distance between neighbours; at least 1.
        step: i128,
        /// How many numbers there are.
        count: usize,
    },
}

/// What the actions of a state are. Decisions of one state name must agree on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// Whole numbers.
    Integer,
    /// Floating-point numbers.
    Float,
    /// Strings.
    Text,
    /// Variants of an enum, or other named values.
    Variant,
    /// Whether an `Option` holds something.
    Presence,
    /// The length of a `Vec`.
    Length,
    /// The spaces of a universe, at its start state.
    Space,
}

impl Kind {
    /// The kind in words, as compile errors name it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Flag => "flags",
            Self::Integer => "whole numbers",
            Self::Float => "floating-point numbers",
            Self::Text => "strings",
            Self::Variant => "variants",
            Self::Presence => "presence of an option",
            Self::Length => "lengths",
            Self::Space => "spaces",
        }
    }
}

impl Actions {
    /// The number of actions.
    #[must_use]
    pub const fn count(&self) -> usize {
        match self {
            Self::Labels(labels) | Self::Numbers { labels, .. } => labels.len(),
            Self::Range { count, .. } => *count,
        }
    }

    /// The number that action `i` stands for, if any.
    #[must_use]
    pub const fn number(&self, i: usize) -> Option<Number> {
        match self {
            Self::Labels(_) => None,
            Self::Numbers { values, .. } => Some(values[i]),
            Self::Range { first, step, .. } => Some(Number::Integer(*first + *step * i as i128)),
        }
    }
}

impl Domain {
    /// `false`, `true`.
    pub const FLAG: Self = Self { kind: Kind::Flag, actions: Actions::Labels(&["false", "true"]) };

    /// The lengths `min..=max` of a `Vec`.
    #[must_use]
    pub const fn lengths(min: usize, max: usize) -> Self {
        let actions = Actions::Range { first: min as i128, step: 1, count: max - min + 1 };
        Self { kind: Kind::Length, actions }
    }
}

impl Node {
    /// The nodes right below, one after the other.
    pub(crate) const fn below(&self, i: usize) -> Option<&'static Self> {
        match self {
            Self::Choice { branches, .. } if i < branches.len() => Some(branches[i].node),
            Self::Sequence(nodes) if i < nodes.len() => Some(nodes[i]),
            Self::Named { node, .. }
            | Self::Own { node }
            | Self::Within { node, .. }
            | Self::Restricted { node, .. }
            | Self::Weighted { node, .. }
            | Self::Compared { node, .. }
            | Self::Pruned { node, .. }
            | Self::Recursive { node, .. }
            | Self::Array { item: node, .. }
            | Self::Repeat { item: node, .. }
                if i == 0 =>
            {
                Some(node)
            }
            Self::Link(link) if i == 0 => Some(link.node()),
            _ => None,
        }
    }

    /// Whether every decision below has a name that does not depend on what stands above.
    pub(crate) const fn is_absolute(&self) -> bool {
        match self {
            Self::Unit | Self::Named { .. } | Self::Again { .. } => true,
            Self::Own { .. }
            | Self::Within { .. }
            | Self::Decide(_)
            | Self::Choice { .. }
            | Self::Repeat { .. }
            | Self::Subset { .. }
            | Self::Permutation { .. } => false,
            Self::Sequence(nodes) => {
                let mut i = 0;
                while i < nodes.len() {
                    if !nodes[i].is_absolute() {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            Self::Array { item, .. } => item.is_absolute(),
            Self::Link(link) => link.node().is_absolute(),
            Self::Restricted { node, .. }
            | Self::Weighted { node, .. }
            | Self::Compared { node, .. }
            | Self::Pruned { node, .. }
            | Self::Recursive { node, .. } => node.is_absolute(),
        }
    }
}
