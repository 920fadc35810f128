//! The walk that runs inside the compiler: how many states, actions and steps a space has.

use super::name::Hash;
use super::node::{Actions, Domain, Kind, Node};

/// The sizes of a space, and of the tables and traces that an agent over it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Distinct state names.
    pub states: usize,
    /// Distinct (state, action) pairs.
    pub actions: usize,
    /// Decisions in the longest trace.
    pub steps: usize,
}

/// A capacity that is enough for [`count`]: a power of two, at least twice the entries it can meet.
#[must_use]
pub const fn capacity(node: &Node) -> usize {
    (2 * entries(node) + 2).next_power_of_two()
}

/// The sizes of the space below `node`, or what to say where one state name has two kinds of action; the message
/// names both places.
pub const fn count<const CAPACITY: usize>(node: &Node) -> Result<Counts, Conflict> {
    let mut seen = Seen::<CAPACITY>::new();
    let top = Place { hash: Hash::EMPTY, name: "", site: "" };
    seen.walk(node, top);
    match seen.conflict {
        Some(conflict) => Err(conflict),
        None => Ok(Counts { states: seen.states, actions: seen.actions, steps: longest(node) }),
    }
}

/// Decisions in the longest trace below `node`.
#[must_use]
pub const fn longest(node: &Node) -> usize {
    match node {
        Node::Unit => 0,
        Node::Named { node, .. } | Node::Within { node, .. } => longest(node),
        Node::Decide(_) => 1,
        Node::Choice { branches, .. } => {
            let (mut most, mut i) = (0, 0);
            while i < branches.len() {
                let below = longest(branches[i].node);
                most = if below > most { below } else { most };
                i += 1;
            }
            1 + most
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (0, 0);
            while i < nodes.len() {
                sum += longest(nodes[i]);
                i += 1;
            }
            sum
        }
        Node::Array { item, len } => *len * longest(item),
        Node::Repeat { item, max, .. } => 1 + *max * longest(item),
    }
}

/// The insertions that the walk makes: an upper bound of states plus pairs.
const fn entries(node: &Node) -> usize {
    match node {
        Node::Unit => 0,
        Node::Named { node, .. } | Node::Within { node, .. } => entries(node),
        Node::Decide(domain) => 1 + domain.actions.count(),
        Node::Choice { branches, .. } => {
            let (mut sum, mut i) = (1, 0);
            while i < branches.len() {
                sum += 1 + entries(branches[i].node);
                i += 1;
            }
            sum
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (0, 0);
            while i < nodes.len() {
                sum += entries(nodes[i]);
                i += 1;
            }
            sum
        }
        Node::Array { item, len } => distinct_items(item, *len) * entries(item),
        Node::Repeat { item, min, max } => 2 + *max - *min + distinct_items(item, *max) * entries(item),
    }
}

/// Items with names of their own all have the same ones.
const fn distinct_items(item: &Node, len: usize) -> usize {
    if len > 1 && item.is_absolute() { 1 } else { len }
}

#[derive(Clone, Copy)]
struct Place {
    hash: Hash,
    name: &'static str,
    site: &'static str,
}

/// An open-addressing set of name hashes, with the kind and place of those that are states.
struct Seen<const CAPACITY: usize> {
    keys: [u64; CAPACITY],
    kinds: [Option<Kind>; CAPACITY],
    sites: [&'static str; CAPACITY],
    states: usize,
    actions: usize,
    /// The first one met.
    conflict: Option<Conflict>,
}

/// One state name with two kinds of action.
#[derive(Debug, Clone, Copy)]
pub struct Conflict {
    state: &'static str,
    first: (Kind, &'static str),
    second: (Kind, &'static str),
}

impl<const CAPACITY: usize> Seen<CAPACITY> {
    const fn new() -> Self {
        Self {
            keys: [0; CAPACITY],
            kinds: [None; CAPACITY],
            sites: [""; CAPACITY],
            states: 0,
            actions: 0,
            conflict: None,
        }
    }

    const fn walk(&mut self, node: &Node, at: Place) {
        match node {
            Node::Unit => {}
            Node::Named { name, site, node } => {
                self.walk(node, Place { hash: Hash::of(name), name, site });
            }
            Node::Within { suffix, node } => self.walk(node, Place { hash: at.hash.text(suffix), ..at }),
            Node::Decide(domain) => self.domain(domain, at),
            Node::Choice { kind, branches } => {
                self.state(*kind, at);
                let mut i = 0;
                while i < branches.len() {
                    self.action(at.hash.action().text(branches[i].label));
                    self.walk(branches[i].node, at);
                    i += 1;
                }
            }
            Node::Sequence(nodes) => {
                let mut i = 0;
                while i < nodes.len() {
                    self.walk(nodes[i], at);
                    i += 1;
                }
            }
            Node::Array { item, len } => self.items(item, *len, at),
            Node::Repeat { item, min, max } => {
                let length = Place { hash: at.hash.text(super::name::LENGTH_SUFFIX), ..at };
                self.domain(&Domain::lengths(*min, *max), length);
                self.items(item, *max, at);
            }
        }
    }

    const fn items(&mut self, item: &Node, len: usize, at: Place) {
        let mut i = 0;
        while i < distinct_items(item, len) {
            self.walk(item, Place { hash: at.hash.index(i), ..at });
            i += 1;
        }
    }

    const fn domain(&mut self, domain: &Domain, at: Place) {
        self.state(domain.kind, at);
        let mut i = 0;
        while i < domain.actions.count() {
            let label = match &domain.actions {
                Actions::Labels(labels) => at.hash.action().text(labels[i]),
                Actions::Range { first, step, .. } => at.hash.action().number(*first + *step * i as i128),
            };
            self.action(label);
            i += 1;
        }
    }

    const fn state(&mut self, kind: Kind, at: Place) {
        let slot = self.slot(at.hash.0);
        match self.kinds[slot] {
            None => {
                self.keys[slot] = at.hash.0;
                self.kinds[slot] = Some(kind);
                self.sites[slot] = at.site;
                self.states += 1;
            }
            Some(first) if first as u8 == kind as u8 => {}
            Some(first) => {
                let (first, second) = ((first, self.sites[slot]), (kind, at.site));
                self.conflict = Some(Conflict { state: at.name, first, second });
            }
        }
    }

    const fn action(&mut self, hash: Hash) {
        let slot = self.slot(hash.0);
        if self.keys[slot] != hash.0 {
            self.keys[slot] = hash.0;
            self.actions += 1;
        }
    }

    /// The slot that holds `key`, or the free one where it belongs. No name hashes to 0 in practice.
    const fn slot(&self, key: u64) -> usize {
        let mut slot = key as usize & (CAPACITY - 1);
        while self.keys[slot] != 0 && self.keys[slot] != key {
            slot = (slot + 1) & (CAPACITY - 1);
        }
        slot
    }
}

impl Conflict {
    /// What to say of it.
    #[must_use]
    pub const fn message(&self) -> Message {
        Message::new()
            .push("the state `")
            .push(self.state)
            .push("` has two kinds of action: ")
            .push(self.first.0.words())
            .push(" at ")
            .push(self.first.1)
            .push(", ")
            .push(self.second.0.words())
            .push(" at ")
            .push(self.second.1)
            .push("; rename one of them with `#[space(state = \"..\")]` on a field or `#[search_space(name = \"..\")]` on a type")
    }
}

/// A string that is put together while compiling; what does not fit is cut off.
#[derive(Debug, Clone, Copy)]
pub struct Message {
    bytes: [u8; 768],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 768], len: 0 }
    }

    const fn push(mut self, text: &str) -> Self {
        let text = text.as_bytes();
        let mut i = 0;
        while i < text.len() && self.len < self.bytes.len() {
            self.bytes[self.len] = text[i];
            self.len += 1;
            i += 1;
        }
        self
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match core::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a state has two kinds of action",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::node::Branch;

    const FLAG: Node = Node::Decide(Domain::FLAG);
    const UNITS: Node = Node::Named {
        name: "Dense.units",
        site: "here",
        node: &Node::Decide(Domain { kind: Kind::Integer, actions: Actions::Labels(&["16", "32"]) }),
    };
    const MORE_UNITS: Node = Node::Named {
        name: "Dense.units",
        site: "there",
        node: &Node::Decide(Domain { kind: Kind::Integer, actions: Actions::Range { first: 16, step: 16, count: 3 } }),
    };

    const fn sizes(node: &Node) -> (usize, usize, usize) {
        let Ok(Counts { states, actions, steps }) = count::<256>(node) else { panic!("two kinds at one state") };
        (states, actions, steps)
    }

    #[test]
    fn states_and_actions_merge_by_name_and_label() {
        assert_eq!(sizes(&Node::Sequence(&[&UNITS, &UNITS])), (1, 2, 2));
        // 16 and 32 of the list, 16, 32 and 48 of the range: three labels.
        assert_eq!(sizes(&Node::Sequence(&[&UNITS, &MORE_UNITS])), (1, 3, 2));
    }

    #[test]
    fn plain_items_are_numbered_and_named_items_are_not() {
        assert_eq!(sizes(&Node::Array { item: &FLAG, len: 21 }), (21, 42, 21));
        assert_eq!(sizes(&Node::Array { item: &UNITS, len: 21 }), (1, 2, 21));
        assert_eq!(sizes(&Node::Repeat { item: &FLAG, min: 1, max: 4 }), (5, 12, 5));
    }

    #[test]
    fn the_longest_trace_takes_the_longest_branch() {
        const CHOICE: Node = Node::Choice {
            kind: Kind::Variant,
            branches: &[
                Branch { label: "A", node: &Node::Unit },
                Branch { label: "B", node: &Node::Array { item: &UNITS, len: 3 } },
            ],
        };
        assert_eq!(sizes(&CHOICE), (2, 4, 4));
    }

    #[test]
    fn two_kinds_at_one_state_name_both_places() {
        const OTHER: Node = Node::Named { name: "Dense.units", site: "nearby", node: &FLAG };
        let message = count::<64>(&Node::Sequence(&[&UNITS, &OTHER])).unwrap_err().message();
        let expected =
            "the state `Dense.units` has two kinds of action: whole numbers at here, flags at nearby; rename";
        assert!(message.as_str().starts_with(expected), "{}", message.as_str());
    }
}
