//! A space by itself, without an agent.

use super::node::Node;

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
}
