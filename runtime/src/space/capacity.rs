//! How large a table the walk inside the compiler needs.

use super::inside::{Entered, Inside, Seen, is_again, is_endless};
use super::link::Link;
use super::node::{Naming, Node};

/// A capacity that is enough for [`count`](super::count::count): a power of two, at least twice the entries it can meet.
#[must_use]
pub const fn capacity(node: &Node) -> usize {
    (2 * entries(node, false, None, &mut Seen::nothing()) + 2).next_power_of_two()
}

/// The insertions that the walk makes: an upper bound of states plus pairs.
const fn entries(node: &Node, own: bool, inside: Option<&Inside<'_>>, seen: &mut Seen) -> usize {
    match node {
        Node::Unit | Node::Again { .. } => 0,
        Node::Named { node, .. }
        | Node::Within { node, .. }
        | Node::Restricted { node, .. }
        | Node::Compared { node, .. }
        | Node::Weighted { node, .. }
        | Node::Pruned { node, .. } => entries(node, own, inside, seen),
        Node::Own { node } => entries(node, true, inside, seen),
        Node::Recursive { owner, .. } if is_again(*owner, inside) => 0,
        Node::Recursive { owner, node, .. } => {
            2 * entries(node, own, Some(&Inside { entered: Entered::Recursive(*owner), up: inside }), seen)
        }
        Node::Link(link) => match link.id() {
            Some(id) if is_walked(id, link, own, inside, seen) => 0,
            Some(id) => entries(link.node(), own, Some(&Inside { entered: Entered::Link(id), up: inside }), seen),
            None => entries(link.node(), own, inside, seen),
        },
        Node::Decide(domain) => 1 + domain.actions.count(),
        Node::Subset { labels, .. } => 3 * labels.len(),
        Node::Permutation { labels } => labels.len() * (1 + labels.len()),
        Node::Choice { branches, .. } => {
            let (mut sum, mut i) = (1, 0);
            while i < branches.len() {
                sum += 1 + entries(branches[i].node, own, inside, seen);
                i += 1;
            }
            sum
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (0, 0);
            while i < nodes.len() {
                sum += entries(nodes[i], own, inside, seen);
                i += 1;
            }
            sum
        }
        Node::Array { item, len, naming } => {
            distinct_items(item, *len, *naming, own) * entries(item, own, inside, seen)
        }
        Node::Repeat { item, min, max, naming } => {
            2 + *max - *min + distinct_items(item, *max, *naming, own) * entries(item, own, inside, seen)
        }
    }
}

/// Whether what a link leads to brings nothing new. Where types have states of their own it brings others each time.
pub(super) const fn is_walked(
    id: u64,
    link: &Link<Node>,
    own: bool,
    inside: Option<&Inside<'_>>,
    seen: &mut Seen,
) -> bool {
    if own || !link.node().is_absolute() { is_endless(id, inside) } else { !seen.enter(id) }
}

/// Items with names of their own all have the same ones, but where types have states of their own; so have tied items.
pub(super) const fn distinct_items(item: &Node, len: usize, naming: Naming, own: bool) -> usize {
    let alike = item.is_absolute() && !own || matches!(naming, Naming::Tied);
    if len > 1 && alike { 1 } else { len }
}
