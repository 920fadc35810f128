//! What is said, while compiling, of types that contain themselves.

use super::count::Counts;
use super::inside::Seen;
use super::link::{Link, Owner};
use super::message::Message;
use super::nesting::{Nesting, cycle};
use super::node::Node;

/// The sizes of the type of the link, which contains no other one without end.
///
/// # Panics
/// While compiling, where it does, and of those that contain each other it stands first.
#[must_use]
#[track_caller]
pub const fn with_end(counts: Counts, link: &Link<Node>) -> Counts {
    if counts.has_links
        && let Some(cycle) = cycle(link)
    {
        panic!("{}", cycle.message().as_str());
    }
    counts
}

/// What stands for the sizes of a type that contains another one as it cannot.
///
/// # Panics
/// While compiling, where it is for the type of the link to tell of it.
#[must_use]
#[track_caller]
pub const fn tell_of_nesting(nesting: &Nesting, link: &Link<Node>) -> Counts {
    assert!(!nesting.is_told_at(link), "{}", nesting.message().as_str());
    Counts::NOTHING
}

/// Checks that a type which says how deep contains itself, by way of others.
///
/// # Panics
/// While compiling, where it does not.
#[track_caller]
pub const fn check_depth(link: &Link<Node>) {
    let Some(owner) = link.owner() else { return };
    let node = match link.node() {
        Node::Pruned { node: Node::Recursive { node, .. }, .. } | Node::Recursive { node, .. } => node,
        node => node,
    };
    if !contains(owner, node, &mut Seen::nothing()) {
        let message =
            Message::new().push("[TN12] `").push(owner.name).push("` does not contain itself; leave out `max_depth`");
        panic!("{}", message.as_str());
    }
}

/// Whether the type stands below once more.
const fn contains(sought: Owner, node: &Node, seen: &mut Seen) -> bool {
    match node {
        Node::Recursive { owner: Some(owner), .. } if owner.is(&sought) => true,
        // A type with a mistake, which is told: it may have contained anything.
        Node::Within { suffix, .. } if suffix.is_empty() => true,
        Node::Link(link) => match link.id() {
            Some(id) if !seen.enter(id) => false,
            _ => contains(sought, link.node(), seen),
        },
        node => {
            let mut i = 0;
            while let Some(below) = node.below(i) {
                if contains(sought, below, seen) {
                    return true;
                }
                i += 1;
            }
            false
        }
    }
}
