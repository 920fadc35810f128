//! The longest trace of a space, which is also where recursion must end.

use super::name::Hash;
use super::node::{Domain, Node};
use super::only::{Only, label};

/// What a recursive type's next level needs at most; none where there is no next level.
struct Level<'a> {
    name: &'static str,
    below: Option<usize>,
    up: Option<&'a Level<'a>>,
}

/// Decisions in the longest trace below `node`.
#[must_use]
pub const fn longest(node: &Node) -> usize {
    match most(node, Only::ALL, None) {
        Some(steps) => steps,
        None => 0,
    }
}

/// Whether a value can be made at all; a recursive type needs a variant that does not contain it.
pub(crate) const fn has_value(node: &Node) -> bool {
    most(node, Only::ALL, None).is_some()
}

/// `only` says which actions the first decision offers.
const fn most(node: &Node, only: Only, level: Option<&Level<'_>>) -> Option<usize> {
    match node {
        Node::Unit | Node::Array { len: 0, .. } => Some(0),
        Node::Decide(domain) if any_offered(only, domain) => Some(1),
        Node::Named { node, .. }
        | Node::Own { node }
        | Node::Weighted { node, .. }
        | Node::Within { node, .. }
        | Node::Compared { node, .. }
        | Node::Pruned { node, .. } => most(node, only, level),
        Node::Restricted { labels, keep, node } => most(node, Only { labels, keep: *keep }, level),
        Node::Subset { labels, min, .. } if *min <= labels.len() => Some(labels.len()),
        Node::Decide(_) | Node::Subset { .. } => None,
        Node::Permutation { labels } => Some(labels.len()),
        Node::Choice { branches, .. } => {
            let (mut best, mut i) = (None, 0);
            while i < branches.len() {
                if only.offers(Hash::of(branches[i].label)) {
                    best = larger(best, most(branches[i].node, Only::ALL, level));
                }
                i += 1;
            }
            plus(Some(1), best)
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (Some(0), 0);
            while i < nodes.len() {
                sum = plus(sum, most(nodes[i], Only::ALL, level));
                i += 1;
            }
            sum
        }
        Node::Array { item, len, .. } => times(*len, most(item, Only::ALL, level)),
        Node::Repeat { item, min, max, .. } => match most(item, Only::ALL, level) {
            Some(steps) => Some((*max).saturating_mul(steps).saturating_add(1)),
            None if *min == 0 => Some(1),
            None => None,
        },
        Node::Recursive { name, max_depth, node } => {
            let (mut below, mut depth) = (None, *max_depth);
            while depth > 0 {
                depth -= 1;
                // A restriction is for the outermost value.
                let only = if depth == 0 { only } else { Only::ALL };
                below = most(node, only, Some(&Level { name, below, up: level }));
            }
            below
        }
        Node::Again { name } => below(name, level),
    }
}

const fn any_offered(only: Only, domain: &Domain) -> bool {
    let mut i = 0;
    while i < domain.actions.count() {
        if only.offers(label(&domain.actions, i, Hash::EMPTY)) {
            return true;
        }
        i += 1;
    }
    false
}

const fn below(name: &str, level: Option<&Level<'_>>) -> Option<usize> {
    match level {
        None => None,
        Some(Level { name: found, below, .. }) if same(found, name) => *below,
        Some(Level { up, .. }) => self::below(name, *up),
    }
}

const fn same(a: &str, b: &str) -> bool {
    Hash::of(a).0 == Hash::of(b).0
}

const fn plus(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.saturating_add(b)),
        _ => None,
    }
}

const fn times(count: usize, steps: Option<usize>) -> Option<usize> {
    match steps {
        Some(steps) => Some(count.saturating_mul(steps)),
        None => None,
    }
}

const fn larger(a: Option<usize>, b: Option<usize>) -> Option<usize> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if a > b { a } else { b }),
        (Some(_), None) => a,
        (None, _) => b,
    }
}
