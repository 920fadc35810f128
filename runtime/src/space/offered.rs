//! Which actions the first decision of a node offers, after restrictions.

use super::name::Hash;
use super::node::{Domain, Node};
use super::only::Only;
use super::vocabulary::labels;

/// The index and label of each action that is offered.
pub(crate) fn offered(node: &Node) -> Vec<(usize, String)> {
    let (all, only) = decision(node, Only::ALL);
    all.into_iter().enumerate().filter(|(_, label)| only.offers(Hash::of(label))).collect()
}

/// The labels of all actions, those left out too.
pub(crate) fn labels_of(node: &Node) -> Vec<String> {
    decision(node, Only::ALL).0
}

fn decision(node: &Node, only: Only) -> (Vec<String>, Only) {
    match node {
        Node::Restricted { labels, keep, node } => decision(node, Only { labels, keep: *keep }),
        Node::Named { node, .. }
        | Node::Own { node }
        | Node::Weighted { node, .. }
        | Node::Within { node, .. }
        | Node::Compared { node, .. }
        | Node::Pruned { node, .. }
        | Node::Recursive { node, .. } => decision(node, only),
        Node::Link(link) => decision(link.node(), only),
        Node::Decide(domain) => (labels(domain), only),
        Node::Choice { branches, .. } => (branches.iter().map(|branch| branch.label.to_owned()).collect(), only),
        Node::Repeat { min, max, .. } => (labels(&Domain::lengths(*min, *max)), only),
        Node::Unit
        | Node::Sequence(_)
        | Node::Array { .. }
        | Node::Subset { .. }
        | Node::Permutation { .. }
        | Node::Again { .. } => (Vec::new(), only),
    }
}
