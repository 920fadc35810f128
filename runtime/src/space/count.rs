//! The walk that runs inside the compiler: how many states, actions and steps a space has.

use super::capacity::{distinct_items, is_walked};
use super::fault::{Conflict, Fault, MAX_STEPS, Meeting};
use super::inside::{Entered, Inside, Seen, is_again, is_endless};
use super::link::Link;
use super::longest::most_steps;
use super::name::Hash;
use super::nesting::{Nesting, without_value};
use super::node::{Actions, Domain, Kind, Naming, Node};
use super::only::{Only, label};

/// The sizes of a space, and of the tables and traces that an agent over it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Distinct state names.
    pub states: usize,
    /// Distinct (state, action) pairs.
    pub actions: usize,
    /// Decisions in the longest trace.
    pub steps: usize,
    /// Whether it leads from type to type by links.
    #[doc(hidden)]
    pub has_links: bool,
}

impl Counts {
    /// In place of those of a space of which something else is told already.
    #[doc(hidden)]
    pub const NOTHING: Self = Self { states: 1, actions: 1, steps: 1, has_links: false };
}

/// The sizes of the space below `node`, or why no agent could serve it.
pub const fn count<const CAPACITY: usize>(node: &Node) -> Result<Counts, Fault> {
    let mut tally = Tally::<CAPACITY>::new();
    let top = Place { hash: Hash::EMPTY, name: "", site: "", shared: true, own: false, only: Only::ALL, inside: None };
    tally.walk(node, top);
    if let Some(nesting) = tally.nesting {
        return Err(Fault::Nesting(nesting));
    }
    if let Some(conflict) = tally.conflict {
        return Err(Fault::TwoKinds(conflict));
    }
    if let Some(meeting) = tally.meeting {
        return Err(Fault::TwoTypes(meeting));
    }
    let has_links = tally.has_links;
    match most_steps(node) {
        None => match without_value(node, &mut Seen::nothing()) {
            Some(owner) => Err(Fault::Nesting(Nesting::NoValue(owner))),
            None => Err(Fault::NoValue),
        },
        Some(steps) if steps > MAX_STEPS => Err(Fault::TooLong(steps)),
        Some(steps) => Ok(Counts { states: tally.states, actions: tally.actions, steps, has_links }),
    }
}

#[derive(Clone, Copy)]
struct Place<'a> {
    hash: Hash,
    name: &'static str,
    site: &'static str,
    /// Whether the name may be one of other types, too.
    shared: bool,
    /// Whether types have states of their own here.
    own: bool,
    /// Which actions the first decision offers.
    only: Only,
    inside: Option<&'a Inside<'a>>,
}

impl Place<'_> {
    const fn deeper(self, hash: Hash) -> Self {
        Self { hash, only: Only::ALL, ..self }
    }
}

/// Whether two places are one.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    // Lines differ more often than files, and stand last.
    let mut i = a.len();
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return false;
        }
    }
    true
}

/// An open-addressing set of name hashes, with the kind and place of those that are states.
struct Tally<const CAPACITY: usize> {
    keys: [u64; CAPACITY],
    kinds: [Option<Kind>; CAPACITY],
    sites: [&'static str; CAPACITY],
    shared: [bool; CAPACITY],
    states: usize,
    actions: usize,
    /// The first one met.
    conflict: Option<Conflict>,
    meeting: Option<Meeting>,
    nesting: Option<Nesting>,
    has_links: bool,
    seen: Seen,
}

impl<const CAPACITY: usize> Tally<CAPACITY> {
    const fn new() -> Self {
        let (keys, kinds, sites, shared) = ([0; CAPACITY], [None; CAPACITY], [""; CAPACITY], [true; CAPACITY]);
        Self {
            keys,
            kinds,
            sites,
            shared,
            states: 0,
            actions: 0,
            conflict: None,
            meeting: None,
            nesting: None,
            has_links: false,
            seen: Seen::nothing(),
        }
    }

    const fn walk(&mut self, node: &Node, at: Place<'_>) {
        match node {
            Node::Unit | Node::Again { .. } => {}
            Node::Named { local: Some(local), site, node, .. } if at.own => {
                self.walk(node, Place { hash: at.hash.text(local), site, shared: true, ..at });
            }
            Node::Named { name, site, shared, node, .. } => {
                self.walk(node, Place { hash: Hash::of(name), name, site, shared: *shared, ..at });
            }
            Node::Own { node } => self.walk(node, Place { own: true, ..at }),
            Node::Within { suffix, node } => self.walk(node, Place { hash: at.hash.text(suffix), ..at }),
            Node::Compared { node, .. } | Node::Weighted { node, .. } | Node::Pruned { node, .. } => {
                self.walk(node, at);
            }
            Node::Subset { labels, .. } => {
                let mut i = 0;
                while i < labels.len() {
                    self.domain(&Domain::FLAG, at.deeper(at.hash.label(labels[i])));
                    i += 1;
                }
            }
            Node::Permutation { labels } => {
                let (domain, mut i) = (Domain { kind: Kind::Variant, actions: Actions::Labels(labels) }, 0);
                while i < labels.len() {
                    self.domain(&domain, at.deeper(at.hash.index(i)));
                    i += 1;
                }
            }
            Node::Recursive { owner: Some(owner), .. } if is_again(Some(*owner), at.inside) => {
                if !at.only.is_all() {
                    self.nesting = Some(Nesting::Restricted(*owner));
                }
            }
            Node::Recursive { owner, node, max_depth, .. } => {
                let inside = Some(&Inside { entered: Entered::Recursive(*owner), up: at.inside });
                self.walk(node, Place { inside, ..at });
                if *max_depth > 1 {
                    // A restriction is for the outermost value: further in all actions are there.
                    self.walk(node, Place { only: Only::ALL, inside, ..at });
                }
            }
            Node::Link(link) => self.link(link, at),
            Node::Restricted { labels, keep, node } => {
                self.walk(node, Place { only: Only { labels, keep: *keep }, ..at });
            }
            Node::Decide(domain) => self.domain(domain, at),
            Node::Choice { kind, branches } => {
                self.state(*kind, at);
                let mut i = 0;
                while i < branches.len() {
                    if at.only.offers(Hash::of(branches[i].label)) {
                        self.action(at.hash.action().text(branches[i].label));
                        self.walk(branches[i].node, at.deeper(at.hash));
                    }
                    i += 1;
                }
            }
            Node::Sequence(nodes) => {
                let mut i = 0;
                while i < nodes.len() {
                    self.walk(nodes[i], at.deeper(at.hash));
                    i += 1;
                }
            }
            Node::Array { item, len, naming } => self.items(item, *len, *naming, at),
            Node::Repeat { item, min, max, naming } => {
                let length = at.deeper(at.hash.text(super::name::LENGTH_SUFFIX));
                self.domain(&Domain::lengths(*min, *max), length);
                self.items(item, *max, *naming, at);
            }
        }
    }

    const fn link(&mut self, link: &Link<Node>, at: Place<'_>) {
        self.has_links = true;
        let Some(id) = link.id() else { return self.walk(link.node(), at) };
        // Of a part that offers only some of its actions the others are not walked.
        let is_known = if at.only.is_all() {
            is_walked(id, link, at.own, at.inside, &mut self.seen)
        } else {
            is_endless(id, at.inside)
        };
        if !is_known {
            self.walk(link.node(), Place { inside: Some(&Inside { entered: Entered::Link(id), up: at.inside }), ..at });
        }
    }

    const fn items(&mut self, item: &Node, len: usize, naming: Naming, at: Place<'_>) {
        let mut i = 0;
        while i < distinct_items(item, len, naming, at.own) {
            let hash = match naming.number(i) {
                Some(number) => at.hash.index(number),
                None => at.hash,
            };
            self.walk(item, at.deeper(hash));
            i += 1;
        }
    }

    const fn domain(&mut self, domain: &Domain, at: Place<'_>) {
        self.state(domain.kind, at);
        let mut i = 0;
        while i < domain.actions.count() {
            if at.only.offers(label(&domain.actions, i, Hash::EMPTY)) {
                self.action(label(&domain.actions, i, at.hash.action()));
            }
            i += 1;
        }
    }

    const fn state(&mut self, kind: Kind, at: Place<'_>) {
        let slot = self.slot(at.hash.0);
        match self.kinds[slot] {
            None => {
                self.keys[slot] = at.hash.0;
                self.kinds[slot] = Some(kind);
                self.sites[slot] = at.site;
                self.shared[slot] = at.shared;
                self.states += 1;
            }
            Some(first) if first as u8 == kind as u8 => {
                if !at.shared && !self.shared[slot] && self.meeting.is_none() && !same(self.sites[slot], at.site) {
                    self.meeting = Some(Meeting { first: self.sites[slot], second: at.site });
                }
            }
            Some(first) => {
                let (first, second) = ((first, self.sites[slot]), (kind, at.site));
                if self.conflict.is_none() {
                    self.conflict = Some(Conflict { state: at.name, first, second });
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::node::Branch;

    const FLAG: Node = Node::Decide(Domain::FLAG);
    const UNITS: Node = Node::Named {
        name: "Dense.units",
        aliases: &[],
        local: Some(".units"),
        shared: true,
        site: "here",
        node: &Node::Decide(Domain { kind: Kind::Integer, actions: Actions::Labels(&["16", "32"]) }),
    };
    const MORE_UNITS: Node = Node::Named {
        name: "Dense.units",
        aliases: &[],
        local: Some(".units"),
        shared: true,
        site: "there",
        node: &Node::Decide(Domain { kind: Kind::Integer, actions: Actions::Range { first: 16, step: 16, count: 3 } }),
    };

    const fn sizes(node: &Node) -> (usize, usize, usize) {
        let Ok(Counts { states, actions, steps, .. }) = count::<256>(node) else { panic!("two kinds at one state") };
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
        const SHARED: Node = Node::Array { item: &FLAG, len: 2, naming: Naming::At(&[1, 7]) };
        const THREE: Node = Node::Array { item: &FLAG, len: 3, naming: Naming::Numbered };
        let array = |item| Node::Array { item, len: 21, naming: Naming::Numbered };
        assert_eq!(sizes(&array(&FLAG)), (21, 42, 21));
        assert_eq!(sizes(&array(&UNITS)), (1, 2, 21));
        assert_eq!(sizes(&Node::Array { item: &FLAG, len: 21, naming: Naming::Tied }), (1, 2, 21));
        assert_eq!(sizes(&Node::Sequence(&[&SHARED, &THREE])), (4, 8, 5));
        let repeat = Node::Repeat { item: &FLAG, min: 1, max: 4, naming: Naming::Numbered };
        assert_eq!(sizes(&repeat), (5, 12, 5));
    }

    #[test]
    fn a_restriction_leaves_actions_out_of_its_decision_only() {
        const FEW: Node = Node::Restricted { labels: &["32", "48"], keep: true, node: &MORE_UNITS };
        assert_eq!(sizes(&FEW), (1, 2, 1));
        assert_eq!(sizes(&Node::Sequence(&[&FEW, &UNITS])), (1, 3, 2));
    }

    #[test]
    fn the_longest_trace_takes_the_longest_branch() {
        const CHOICE: Node = Node::Choice {
            kind: Kind::Variant,
            branches: &[
                Branch { label: "A", aliases: &[], node: &Node::Unit },
                Branch {
                    label: "B",
                    aliases: &[],
                    node: &Node::Array { item: &UNITS, len: 3, naming: Naming::Numbered },
                },
            ],
        };
        assert_eq!(sizes(&CHOICE), (2, 4, 4));
    }

    #[test]
    fn two_kinds_at_one_state_name_both_places() {
        const OTHER: Node =
            Node::Named { name: "Dense.units", aliases: &[], local: None, shared: true, site: "nearby", node: &FLAG };
        let message = count::<64>(&Node::Sequence(&[&UNITS, &OTHER])).unwrap_err().message();
        let expected =
            "[TN16] the state `Dense.units` has two kinds of action: whole numbers at here, flags at nearby; rename";
        assert!(message.as_str().starts_with(expected), "{}", message.as_str());
    }
}
