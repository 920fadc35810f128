//! The walk that runs inside the compiler: how many states, actions and steps a space has.

use super::longest::{has_value, longest};
use super::message::Message;
use super::name::Hash;
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
}

/// A capacity that is enough for [`count`]: a power of two, at least twice the entries it can meet.
#[must_use]
pub const fn capacity(node: &Node) -> usize {
    (2 * entries(node, false) + 2).next_power_of_two()
}

/// The most decisions that a trace may have.
pub(crate) const MAX_STEPS: usize = 10_000;

/// The sizes of the space below `node`, or why no agent could serve it.
pub const fn count<const CAPACITY: usize>(node: &Node) -> Result<Counts, Fault> {
    let mut tally = Tally::<CAPACITY>::new();
    let top = Place { hash: Hash::EMPTY, name: "", site: "", shared: true, own: false, only: Only::ALL };
    tally.walk(node, top);
    if let Some(conflict) = tally.conflict {
        return Err(Fault::TwoKinds(conflict));
    }
    if let Some(meeting) = tally.meeting {
        return Err(Fault::TwoTypes(meeting));
    }
    if !has_value(node) {
        return Err(Fault::NoValue);
    }
    match longest(node) {
        steps if steps > MAX_STEPS => Err(Fault::TooLong(steps)),
        steps => Ok(Counts { states: tally.states, actions: tally.actions, steps }),
    }
}

/// Why no agent could serve a space.
#[derive(Debug, Clone, Copy)]
pub enum Fault {
    /// One state name has two kinds of action.
    TwoKinds(Conflict),
    /// Two types have states of one name, which nobody has given.
    TwoTypes(Meeting),
    /// No value can be made.
    NoValue,
    /// A trace could have so many decisions.
    TooLong(usize),
}

impl Fault {
    /// What to say of it.
    #[must_use]
    pub const fn message(&self) -> Message {
        match self {
            Self::TwoKinds(conflict) => conflict.message(),
            Self::TwoTypes(meeting) => meeting.message(),
            Self::NoValue => Message::new().push(
                "[TN17] no value of this type can be made: in a part with type parameters, `only` or `except` leaves nothing, or a type contains itself without end",
            ),
            Self::TooLong(steps) => Message::new()
                .push("[TN22] a config of this type can take ")
                .number(*steps as i128)
                .push(" decisions, but an agent serves at most ")
                .number(MAX_STEPS as i128)
                .push("; lower `len` or `max_depth`"),
        }
    }
}

/// The insertions that the walk makes: an upper bound of states plus pairs.
const fn entries(node: &Node, own: bool) -> usize {
    match node {
        Node::Unit | Node::Again { .. } => 0,
        Node::Named { node, .. }
        | Node::Within { node, .. }
        | Node::Restricted { node, .. }
        | Node::Compared { node, .. }
        | Node::Weighted { node, .. }
        | Node::Pruned { node, .. } => entries(node, own),
        Node::Own { node } => entries(node, true),
        Node::Recursive { node, .. } => 2 * entries(node, own),
        Node::Decide(domain) => 1 + domain.actions.count(),
        Node::Subset { labels, .. } => 3 * labels.len(),
        Node::Permutation { labels } => labels.len() * (1 + labels.len()),
        Node::Choice { branches, .. } => {
            let (mut sum, mut i) = (1, 0);
            while i < branches.len() {
                sum += 1 + entries(branches[i].node, own);
                i += 1;
            }
            sum
        }
        Node::Sequence(nodes) => {
            let (mut sum, mut i) = (0, 0);
            while i < nodes.len() {
                sum += entries(nodes[i], own);
                i += 1;
            }
            sum
        }
        Node::Array { item, len, naming } => distinct_items(item, *len, *naming, own) * entries(item, own),
        Node::Repeat { item, min, max, naming } => {
            2 + *max - *min + distinct_items(item, *max, *naming, own) * entries(item, own)
        }
    }
}

/// Items with names of their own all have the same ones, but where types have states of their own; so have tied items.
const fn distinct_items(item: &Node, len: usize, naming: Naming, own: bool) -> usize {
    let alike = item.is_absolute() && !own || matches!(naming, Naming::Tied);
    if len > 1 && alike { 1 } else { len }
}

#[derive(Clone, Copy)]
struct Place {
    hash: Hash,
    name: &'static str,
    site: &'static str,
    /// Whether the name may be one of other types, too.
    shared: bool,
    /// Whether types have states of their own here.
    own: bool,
    /// Which actions the first decision offers.
    only: Only,
}

impl Place {
    const fn deeper(self, hash: Hash) -> Self {
        Self { hash, only: Only::ALL, ..self }
    }
}

/// One state name with two kinds of action.
#[derive(Debug, Clone, Copy)]
pub struct Conflict {
    state: &'static str,
    first: (Kind, &'static str),
    second: (Kind, &'static str),
}

impl Conflict {
    const fn message(&self) -> Message {
        Message::new()
            .push("[TN16] the state `")
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

/// Two types with states of one name.
#[derive(Debug, Clone, Copy)]
pub struct Meeting {
    first: &'static str,
    second: &'static str,
}

impl Meeting {
    const fn message(&self) -> Message {
        Message::new()
            .push("[TN29] two types would share the state ")
            .push(self.first)
            .push(" with ")
            .push(self.second)
            .push("; give one of the types another name, `#[search_space(name = \"..\")]`, or the field another state, `#[space(state = \"..\")]`; where what is learned of one holds for the other, say so: `#[search_space(shared)]`")
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
}

impl<const CAPACITY: usize> Tally<CAPACITY> {
    const fn new() -> Self {
        let (keys, kinds, sites, shared) = ([0; CAPACITY], [None; CAPACITY], [""; CAPACITY], [true; CAPACITY]);
        Self { keys, kinds, sites, shared, states: 0, actions: 0, conflict: None, meeting: None }
    }

    const fn walk(&mut self, node: &Node, at: Place) {
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
            Node::Recursive { node, max_depth, .. } => {
                self.walk(node, at);
                if *max_depth > 1 {
                    // A restriction is for the outermost value: further in all actions are there.
                    self.walk(node, Place { only: Only::ALL, ..at });
                }
            }
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

    const fn items(&mut self, item: &Node, len: usize, naming: Naming, at: Place) {
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

    const fn domain(&mut self, domain: &Domain, at: Place) {
        self.state(domain.kind, at);
        let mut i = 0;
        while i < domain.actions.count() {
            if at.only.offers(label(&domain.actions, i, Hash::EMPTY)) {
                self.action(label(&domain.actions, i, at.hash.action()));
            }
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
