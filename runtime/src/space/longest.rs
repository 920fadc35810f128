//! The longest trace of a space, which is also where recursion must end.

use super::link::Owner;
use super::name::Hash;
use super::node::{Domain, Node};
use super::only::{Only, label};

/// What a recursive type's next level needs at most; none where there is no next level.
struct Level<'a> {
    name: &'static str,
    owner: Option<Owner>,
    below: Option<usize>,
    up: Option<&'a Level<'a>>,
}

/// What the types need that were walked by links, between the same levels.
struct Known {
    ids: [u64; MOST],
    most: [Option<usize>; MOST],
    is_open: [bool; MOST],
    len: usize,
}

/// More types than contain each other. What is beyond is walked each time.
const MOST: usize = 128;

impl Known {
    const fn nothing() -> Self {
        Self { ids: [0; MOST], most: [None; MOST], is_open: [false; MOST], len: 0 }
    }

    /// Where another level begins: what is walked at the time stays so.
    const fn open(&self) -> Self {
        let (mut open, mut i) = (Self::nothing(), 0);
        while i < self.len {
            if self.is_open[i] {
                open.enter(self.ids[i]);
            }
            i += 1;
        }
        open
    }

    const fn place(&self, id: u64) -> Option<usize> {
        let mut i = 0;
        while i < self.len {
            if self.ids[i] == id {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    /// Where the answer goes. Until then it is nothing, so that types which contain each other without end have an answer, too.
    const fn enter(&mut self, id: u64) -> Option<usize> {
        if self.len == MOST {
            return None;
        }
        self.ids[self.len] = id;
        self.most[self.len] = Some(0);
        self.is_open[self.len] = true;
        self.len += 1;
        Some(self.len - 1)
    }
}

/// Decisions in the longest trace below `node`.
#[must_use]
pub const fn longest(node: &Node) -> usize {
    match most_steps(node) {
        Some(steps) => steps,
        None => 0,
    }
}

/// Whether a value can be made at all; a recursive type needs a variant that does not contain it.
pub(crate) const fn has_value(node: &Node) -> bool {
    most_steps(node).is_some()
}

/// Decisions in the longest trace; none where no value can be made.
pub(crate) const fn most_steps(node: &Node) -> Option<usize> {
    most(node, Only::ALL, None, &mut Known::nothing())
}

/// `only` says which actions the first decision offers.
const fn most(node: &Node, only: Only, level: Option<&Level<'_>>, known: &mut Known) -> Option<usize> {
    match node {
        Node::Unit | Node::Array { len: 0, .. } => Some(0),
        Node::Decide(domain) if any_offered(only, domain) => Some(1),
        Node::Named { node, .. }
        | Node::Own { node }
        | Node::Weighted { node, .. }
        | Node::Within { node, .. }
        | Node::Compared { node, .. }
        | Node::Pruned { node, .. } => most(node, only, level, known),
        Node::Restricted { labels, keep, node } => most(node, Only { labels, keep: *keep }, level, known),
        Node::Subset { labels, min, .. } if *min <= labels.len() => Some(labels.len()),
        Node::Decide(_) | Node::Subset { .. } => None,
        Node::Permutation { labels } => Some(labels.len()),
        Node::Choice { branches, .. } => {
            let (mut best, mut i) = (None, 0);
            while i < branches.len() {
                if only.offers(Hash::of(branches[i].label)) {
                    best = larger(best, most(branches[i].node, Only::ALL, level, known));
                }
                i += 1;
            }
            plus(Some(1), best)
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (Some(0), 0);
            while i < nodes.len() {
                sum = plus(sum, most(nodes[i], Only::ALL, level, known));
                i += 1;
            }
            sum
        }
        Node::Array { item, len, .. } => times(*len, most(item, Only::ALL, level, known)),
        Node::Repeat { item, min, max, .. } => match most(item, Only::ALL, level, known) {
            Some(steps) => Some((*max).saturating_mul(steps).saturating_add(1)),
            None if *min == 0 => Some(1),
            None => None,
        },
        Node::Recursive { owner: Some(owner), .. } if let Some(level) = again(owner, level) => level.below,
        Node::Recursive { name, owner, max_depth, node } => {
            // From the deepest level, which has none below, to the outermost.
            let (mut below, mut depth) = (None, *max_depth);
            while depth > 0 {
                depth -= 1;
                // A restriction is for the outermost value.
                let only = if depth == 0 { only } else { Only::ALL };
                // A type with parameters ends no cycle.
                let mut known = if owner.is_some() { Known::nothing() } else { known.open() };
                below = most(node, only, Some(&Level { name, owner: *owner, below, up: level }), &mut known);
            }
            below
        }
        Node::Again { name } => match found(name, level) {
            Some(level) => level.below,
            None => None,
        },
        Node::Link(link) => match link.id() {
            Some(id) if only.is_all() => linked(id, link.node(), level, known),
            _ => most(link.node(), only, level, known),
        },
    }
}

const fn linked(id: u64, node: &Node, level: Option<&Level<'_>>, known: &mut Known) -> Option<usize> {
    if let Some(place) = known.place(id) {
        return known.most[place];
    }
    let place = known.enter(id);
    let most = most(node, Only::ALL, level, known);
    if let Some(place) = place {
        known.most[place] = most;
        known.is_open[place] = false;
    }
    most
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

const fn again<'a>(owner: &Owner, level: Option<&'a Level<'a>>) -> Option<&'a Level<'a>> {
    match level {
        Some(Level { owner: Some(known), .. }) if known.is(owner) => level,
        Some(level) => again(owner, level.up),
        None => None,
    }
}

const fn found<'a>(name: &str, level: Option<&'a Level<'a>>) -> Option<&'a Level<'a>> {
    match level {
        Some(level) if same(level.name, name) => Some(level),
        Some(level) => found(name, level.up),
        None => None,
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
