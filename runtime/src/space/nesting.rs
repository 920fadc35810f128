//! What can be wrong with types that contain themselves, found by walks inside the compiler.

use super::inside::Seen;
use super::link::{Link, Owner};
use super::longest::has_value;
use super::message::Message;
use super::node::Node;

/// What is wrong with types that contain themselves. One of them tells of it.
#[derive(Debug, Clone, Copy)]
pub enum Nesting {
    /// Inside of this type a field offers only some of its actions.
    Restricted(Owner),
    /// Every value of this type contains another one.
    NoValue(Owner),
}

impl Nesting {
    /// Whether it is for the type of the link to tell of it.
    pub(crate) const fn is_told_at(&self, link: &Link<Node>) -> bool {
        let (Self::Restricted(owner) | Self::NoValue(owner)) = self;
        match link.owner() {
            Some(own) => own.is(owner),
            None => false,
        }
    }

    pub(crate) const fn message(&self) -> Message {
        match self {
            Self::Restricted(Owner { name, .. }) => Message::new()
                .push("[TN17] inside of `")
                .push(name)
                .push("` a field says `only` or `except` of `")
                .push(name)
                .push("` itself, whose variants are the same at each depth; leave it out, or refuse such values with `valid`"),
            Self::NoValue(_) => Message::new().push("[TN12] every value of this type contains another one, so none is finite; add a variant without it, an `Option`, or a `Vec` with `len = 0..=n`"),
        }
    }
}

/// Types that contain each other, none of which says how deep.
pub(crate) struct Cycle {
    first: Owner,
    other: Option<Owner>,
}

impl Cycle {
    const fn of(first: Owner, path: Option<&Path<'_>>) -> Self {
        let (mut cycle, mut next) = (Self { first, other: None }, path);
        while let Some(link) = next {
            if !link.owner.is(&first) {
                cycle.other = Some(link.owner);
            }
            next = link.up;
        }
        cycle
    }

    pub(crate) const fn message(&self) -> Message {
        let message = Message::new().push("[TN12] `").push(self.first.name);
        let message = match self.other {
            Some(other) => {
                message.push("` and `").push(other.name).push("` contain each other; of one of them say how deep: ")
            }
            None => message.push("` contains itself by way of another type; say how deep: "),
        };
        message.push("`#[search_space(max_depth = 3)]`")
    }
}

/// The links on the way from the root, the innermost first.
struct Path<'a> {
    id: u64,
    owner: Owner,
    up: Option<&'a Path<'a>>,
}

/// The cycle without a depth through the type of the link, where this type stands first of all that it shares one with.
pub(crate) const fn cycle(link: &Link<Node>) -> Option<Cycle> {
    let Some(root) = link.owner() else { return None };
    match back(link.node(), root, &mut Seen::nothing(), None) {
        Some(cycle) if !has_earlier(link.node(), &root, &mut Seen::nothing()) => Some(cycle),
        _ => None,
    }
}

/// The first way back to `root`. Every link is followed once; one that is followed at the time closes a way.
const fn back(node: &Node, root: Owner, seen: &mut Seen, path: Option<&Path<'_>>) -> Option<Cycle> {
    match node {
        // What says how deep ends every cycle through it.
        Node::Recursive { owner: Some(_), .. } => None,
        Node::Link(link) => followed(link, root, seen, path),
        node => {
            let mut i = 0;
            while let Some(below) = node.below(i) {
                if let Some(found) = back(below, root, seen, path) {
                    return Some(found);
                }
                i += 1;
            }
            None
        }
    }
}

const fn followed(link: &Link<Node>, root: Owner, seen: &mut Seen, path: Option<&Path<'_>>) -> Option<Cycle> {
    let (Some(owner), Some(id)) = (link.owner(), link.id()) else { return back(link.node(), root, seen, path) };
    // A link that comes from `root` closes a cycle where it is followed already.
    if id == root.id() || owner.is(&root) && stands(id, path) {
        return Some(Cycle::of(root, path));
    }
    if seen.enter(id) { back(link.node(), root, seen, Some(&Path { id, owner, up: path })) } else { None }
}

const fn stands(id: u64, path: Option<&Path<'_>>) -> bool {
    match path {
        Some(link) => link.id == id || stands(id, link.up),
        None => false,
    }
}

/// Whether a type that stands before `root` leads back to it.
const fn has_earlier(node: &Node, root: &Owner, seen: &mut Seen) -> bool {
    match node {
        Node::Recursive { owner: Some(_), .. } => false,
        Node::Link(link) => {
            let (Some(owner), Some(id)) = (link.owner(), link.id()) else {
                return has_earlier(link.node(), root, seen);
            };
            seen.enter(id)
                && (owner.is_before(root) && leads_to(root, link.node(), &mut Seen::nothing())
                    || has_earlier(link.node(), root, seen))
        }
        node => {
            let mut i = 0;
            while let Some(below) = node.below(i) {
                if has_earlier(below, root, seen) {
                    return true;
                }
                i += 1;
            }
            false
        }
    }
}

/// Whether a type stands below, between which and here none says how deep.
const fn leads_to(sought: &Owner, node: &Node, seen: &mut Seen) -> bool {
    match node {
        Node::Recursive { owner: Some(_), .. } => false,
        Node::Link(link) => {
            let (Some(owner), Some(id)) = (link.owner(), link.id()) else { return leads_to(sought, link.node(), seen) };
            owner.is(sought) || seen.enter(id) && leads_to(sought, link.node(), seen)
        }
        node => {
            let mut i = 0;
            while let Some(below) = node.below(i) {
                if leads_to(sought, below, seen) {
                    return true;
                }
                i += 1;
            }
            false
        }
    }
}

/// The innermost type that says how deep and has no value.
pub(crate) const fn without_value(node: &Node, seen: &mut Seen) -> Option<Owner> {
    match node {
        Node::Recursive { owner: Some(owner), node: inner, .. } => match without_value(inner, seen) {
            Some(owner) => Some(owner),
            None if has_value(node) => None,
            None => Some(*owner),
        },
        Node::Link(link) => match link.id() {
            Some(id) if !seen.enter(id) => None,
            _ => without_value(link.node(), seen),
        },
        node => {
            let mut i = 0;
            while let Some(below) = node.below(i) {
                if let Some(found) = without_value(below, seen) {
                    return Some(found);
                }
                i += 1;
            }
            None
        }
    }
}
