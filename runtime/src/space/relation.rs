//! Numbers that actions stand for, and what must hold between them.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

/// What must hold between a number and an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// The relation of this number to the earlier one.
    pub relation: Relation,
    /// The earlier one, as a position in the sequence of which both are parts.
    pub earlier: usize,
}

/// A relation between two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Relation {
    /// Less than.
    #[serde(rename = "less than")]
    Less,
    /// At most.
    #[serde(rename = "at most")]
    AtMost,
    /// Greater than.
    #[serde(rename = "greater than")]
    Greater,
    /// At least.
    #[serde(rename = "at least")]
    AtLeast,
    /// Not equal to.
    #[serde(rename = "other than")]
    Other,
}

/// A number that an action stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i128),
    /// A floating-point number.
    Float(f64),
}

impl Number {
    /// The number in digits; none of what is no finite number.
    pub(crate) fn to_text(self) -> Option<String> {
        match self {
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => number.is_finite().then(|| number.to_string()),
        }
    }

    /// The order of numbers; whole ones are before floating-point ones.
    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(&b),
            (Self::Integer(_), Self::Float(_)) => Ordering::Less,
            (Self::Float(_), Self::Integer(_)) => Ordering::Greater,
        }
    }
}

impl Relation {
    /// The relation in words, as messages name it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Less => "less than",
            Self::AtMost => "at most",
            Self::Greater => "greater than",
            Self::AtLeast => "at least",
            Self::Other => "other than",
        }
    }

    /// Whether `a` stands in this relation to `b`. Numbers of different kinds stand in none.
    #[must_use]
    #[allow(clippy::float_cmp)] // Both are written in the source; neither was computed.
    pub const fn holds(self, a: Number, b: Number) -> bool {
        let (less, equal) = match (a, b) {
            (Number::Integer(a), Number::Integer(b)) => (a < b, a == b),
            (Number::Float(a), Number::Float(b)) => (a < b, a == b),
            _ => return false,
        };
        match self {
            Self::Less => less,
            Self::AtMost => less || equal,
            Self::Greater => !less && !equal,
            Self::AtLeast => !less,
            Self::Other => !equal,
        }
    }
}
