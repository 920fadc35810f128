//! A graph with loops, for the tests.

use super::story::{Graph, Node};

/// A start state that can follow itself, and two states side by side of which each can.
pub(super) fn loops() -> Graph {
    let node = |name: &str, depth| Node { name: name.to_owned(), depth };
    let label = |label: &str| Some(label.to_owned());
    let edges = vec![
        (0, 0, label("again")),
        (0, 1, None),
        (0, 2, label("other")),
        (1, 1, None),
        (2, 2, label("a long label | and more")),
        (2, 1, None),
    ];
    Graph { nodes: vec![node("start", 0), node("layers.kernel", 1), node("layers.width", 1)], edges }
}
