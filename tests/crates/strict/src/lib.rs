//! That this compiles, also under clippy, is the test: no lint finds fault with generated code, and it is of any edition.

#![forbid(missing_docs, trivial_casts, trivial_numeric_casts, unused_qualifications, unused_results, unsafe_code)]
#![forbid(clippy::all, clippy::pedantic, clippy::nursery, clippy::as_conversions)]
#![forbid(clippy::absolute_paths, clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![forbid(clippy::float_cmp_const, clippy::question_mark_used, clippy::missing_inline_in_public_items)]
#![deny(deprecated)]

extern crate transfer_nas;

use transfer_nas::{joint_space, search_space, tasks, SearchSpace};

/// A constant of the type itself.
pub const WIDE: i128 = 300;

/// Every kind of field.
#[derive(Debug, Clone, PartialEq, SearchSpace)]
#[space(valid = Self::is_useful, prune = Self::is_hopeless)]
pub struct Every {
    /// Of the type that numbers are counted in.
    #[space(range = 1..=8)]
    pub range: i128,
    /// With a constant.
    #[space(choices = [1, WIDE])]
    pub constant: i128,
    /// A keyword of later editions.
    #[space(range = 1..=9, step = 2, ge = range)]
    pub gen: i128,
    /// Floating-point numbers.
    #[space(choices = [0.5, 1.0])]
    pub float: f64,
    /// The narrow ones.
    #[space(range = 0.001..=1.0, bins = 4, log)]
    pub narrow: f32,
    /// Strings.
    #[space(len = 1..=3, choices = ["a", "b"])]
    pub list: Vec<String>,
    /// What has decisions of its own.
    #[space(only(Relu, Leaky))]
    pub activation: Activation,
    /// Containers.
    pub gates: Option<(bool, [bool; 3])>,
    /// What is no longer used.
    #[deprecated = "use `gates`"]
    #[space(choices = [1, 2])]
    pub old: u8,
    /// What is not searched.
    #[space(skip)]
    pub note: String,
}

impl Every {
    const fn is_useful(&self) -> bool {
        self.range > 1
    }

    const fn is_hopeless(&self, decided: usize) -> bool {
        decided > 900 && self.range > 1
    }
}

/// What stands between layers.
#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// The positive part.
    Relu,
    /// With a slope below.
    Leaky(#[space(choices = [0.01, 0.1])] f64),
    /// What is no longer used.
    #[deprecated = "use `Relu`"]
    Step,
}

/// A type that contains itself.
#[search_space(max_depth = 3)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tree {
    /// The end.
    Leaf,
    /// More.
    Node(Box<Self>, Option<Box<Self>>),
}

/// What configs are judged on.
#[tasks]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// The first.
    Digits,
    /// The second.
    Letters,
}

/// Two spaces.
#[joint_space(tasks = Task)]
#[derive(Debug, Clone, PartialEq)]
pub enum Both {
    /// The first.
    Every(Every),
    /// The second.
    #[space(tasks(Letters))]
    Tree(Tree),
}
