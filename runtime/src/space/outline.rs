//! A space described with the names that its states bear.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::node::Kind;
use super::relation::Relation;

/// What a space decides, in order, with names: the description that pictures, reports and other programs read.
///
/// [`Display`](fmt::Display) draws it as a tree, [`to_json`](Self::to_json) and serde write it as data. Repeated items
/// that are told apart by number are described once, with `[i]` in their names: `Cell.edge[i]`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    /// What is decided, one after the other.
    pub parts: Vec<Part>,
}

/// A part of a space.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Part {
    /// One decision, and what depends on it.
    Decision(Decision),
    /// The same parts several times.
    Repeat(Repeat),
    /// A type that contains itself, described once.
    Recursive {
        /// The type's name.
        name: String,
        /// How deep its values are nested at most; 1 is a value without another one inside.
        max_depth: usize,
        /// What is decided for one value, with [`Part::Again`] where it contains another one.
        parts: Vec<Part>,
    },
    /// The enclosing [`Part::Recursive`] of this name once more, one level deeper; not available at the greatest depth.
    Again {
        /// The type's name.
        name: String,
    },
    /// Parts whose beginnings a predicate can refuse.
    Pruned {
        /// The parts.
        parts: Vec<Part>,
    },
}

/// One decision: its state, and the actions that it offers here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The state's name.
    pub state: String,
    /// What the state was called in earlier versions of the type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the actions are.
    pub kind: Kind,
    /// The actions that are offered; those that a restriction leaves out are not listed.
    pub actions: Vec<Action>,
    /// Where in a config it is decided, by fields and items: `Net.blocks[i].width`, or whether an item is in a subset:
    /// `Net.parts{relu}`. Empty where that is the state's name, and within a
    /// type that contains itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// What must hold between the number decided here and earlier ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Comparison>,
}

/// One action of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The label.
    pub label: String,
    /// What the action was called in earlier versions of the type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What is decided only where this action is taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Part>,
}

/// What must hold between a number and an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The relation of this number to the earlier one.
    pub relation: Relation,
    /// The name of the earlier number's state.
    pub earlier: String,
}

/// Parts that are decided several times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The decision that says how often, whose action `i` means `times.min + i` items; none for an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Decision>,
    /// How often.
    pub times: Times,
    /// How the states of the items are told apart.
    pub naming: ItemNaming,
    /// What is decided for one item.
    pub parts: Vec<Part>,
}

/// How often something is repeated: `min..=max` times, an array's items as often as it is long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// At least.
    pub min: usize,
    /// At most.
    pub max: usize,
}

/// How the states of repeated items are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ItemNaming {
    /// Not at all: their states have names of their own, so all items share them.
    Own,
    /// By position, counted from 0.
    Numbered,
    /// By these positions, which are those in an array that several spaces share.
    At(Vec<usize>),
    /// Not at all, although their states have no names of their own.
    Tied,
}

impl Outline {
    /// The outline as indented JSON, which serde reads back.
    #[must_use]
    #[allow(clippy::missing_panics_doc)] // Strings, numbers and lists are always written.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("an outline is made of strings, numbers and lists")
    }
}

impl fmt::Display for Times {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self { min, max } if min == max => write!(formatter, "{max}"),
            Self { min, max } => write!(formatter, "{min}..={max}"),
        }
    }
}
