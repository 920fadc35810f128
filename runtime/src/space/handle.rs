//! A space to look at, without an agent.

use super::node::Node;
use super::search_space::SearchSpace;

/// The space of a type.
#[derive(Debug, Clone, Copy)]
pub struct Space {
    pub(crate) node: &'static Node,
}

impl Space {
    /// The space that begins at a node.
    pub(crate) const fn at(node: &'static Node) -> Self {
        Self { node }
    }

    /// The space of `T`.
    #[must_use]
    pub const fn of<T: SearchSpace>() -> Self {
        Self { node: T::SPACE }
    }
}
