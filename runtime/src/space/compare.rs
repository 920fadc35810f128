//! Checks in constant evaluation that a description leaves something to choose.

use super::longest::has_value;
use super::message::Message;
use super::name::Hash;
use super::node::{Actions, Domain, Node};
use super::only::{Only, label};
use super::relation::{Number, Relation};

/// The actions of a plain decision, and which of them a restriction leaves.
#[derive(Debug, Clone, Copy)]
pub struct Offered<'a> {
    /// All actions.
    pub domain: &'a Domain,
    /// The labels that the restriction names.
    pub labels: &'static [&'static str],
    /// Whether those stay or are left out.
    pub keep: bool,
}

impl Offered<'_> {
    /// The number that action `i` stands for; none where it is left out, or there is no such action or number.
    const fn number(&self, i: usize) -> Option<Number> {
        let only = Only { labels: self.labels, keep: self.keep };
        let actions = &self.domain.actions;
        if i < actions.count() && only.offers(label(actions, i, Hash::EMPTY)) { actions.number(i) } else { None }
    }
}

/// Checks one comparison: whatever the earlier number is, some action must be left.
///
/// # Panics
/// While compiling, where nothing is left; the message names the number.
#[track_caller]
pub const fn check_comparison(
    relation: Relation,
    own: &Offered<'_>,
    earlier: &Offered<'_>,
    field: &str,
    earlier_field: &str,
) {
    let witnesses = witnesses(relation, own);
    let mut i = 0;
    while i < earlier.domain.actions.count() {
        if let Some(number) = earlier.number(i)
            && !holds(relation, witnesses[0], number)
            && !holds(relation, witnesses[1], number)
        {
            let message = push_label(
                &Message::new().push("[TN15] where `").push(earlier_field).push("` is "),
                &earlier.domain.actions,
                i,
            )
            .push(", no value of `")
            .push(field)
            .push("` is ")
            .push(relation.words())
            .push(" it; narrow `")
            .push(earlier_field)
            .push("` or widen `")
            .push(field)
            .push("`");
            panic!("{}", message.as_str());
        }
        i += 1;
    }
}

/// The numbers of which one stands in the relation to an earlier number if any does: the least, the greatest or, for
/// "other than", both.
const fn witnesses(relation: Relation, own: &Offered<'_>) -> [Option<Number>; 2] {
    match relation {
        Relation::Less | Relation::AtMost => [extreme(own, Relation::Less), None],
        Relation::Greater | Relation::AtLeast => [extreme(own, Relation::Greater), None],
        Relation::Other => [extreme(own, Relation::Less), extreme(own, Relation::Greater)],
    }
}

const fn holds(relation: Relation, own: Option<Number>, earlier: Number) -> bool {
    match own {
        Some(own) => relation.holds(own, earlier),
        None => false,
    }
}

/// The least number that is offered, or the greatest.
const fn extreme(own: &Offered<'_>, better: Relation) -> Option<Number> {
    let (mut best, mut i) = (None, 0);
    while i < own.domain.actions.count() {
        best = match (own.number(i), best) {
            (Some(number), Some(known)) if !better.holds(number, known) => Some(known),
            (Some(number), _) => Some(number),
            (None, known) => known,
        };
        i += 1;
    }
    best
}

pub(super) const fn push_label(message: &Message, actions: &Actions, i: usize) -> Message {
    match actions {
        Actions::Labels(labels) | Actions::Numbers { labels, .. } => message.push(labels[i]),
        Actions::Range { first, step, .. } => message.number(*first + *step * i as i128),
    }
}

/// Checks that a restriction names an action of the decision below.
///
/// # Panics
/// While compiling, where there is no such action or no decision; the message lists the actions.
#[track_caller]
pub const fn check_label(key: &str, wanted: &str, node: &Node) {
    let Some(found) = offers(wanted, node) else {
        let message = Message::new()
            .push("[TN17] `")
            .push(key)
            .push("` is for a field that is one decision: an enum, or a field with choices");
        panic!("{}", message.as_str());
    };
    if !found {
        let message = Message::new()
            .push("[TN17] `")
            .push(key)
            .push("` names `")
            .push(wanted)
            .push("`, which is no action here; there are: ");
        panic!("{}", push_actions(message, node).as_str());
    }
}

/// Checks that a restriction leaves an action.
///
/// # Panics
/// While compiling, where it leaves none.
#[track_caller]
pub const fn check_restriction(key: &str, node: &Node) {
    if !has_value(node) && names_actions_only(node) {
        let message =
            Message::new().push("[TN17] `").push(key).push("` leaves no action here; there must be at least one");
        panic!("{}", message.as_str());
    }
}

/// Whether all labels are actions; what is said of the others is enough.
const fn names_actions_only(node: &Node) -> bool {
    let Node::Restricted { labels, node, .. } = node else { return true };
    let mut i = 0;
    while i < labels.len() {
        if !matches!(offers(labels[i], node), Some(true)) {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether the first decision has the action; none where there is no decision.
const fn offers(wanted: &str, node: &Node) -> Option<bool> {
    match node {
        Node::Named { node, .. }
        | Node::Own { node }
        | Node::Weighted { node, .. }
        | Node::Within { node, .. }
        | Node::Pruned { node, .. }
        | Node::Recursive { node, .. } => offers(wanted, node),
        Node::Link(link) => offers(wanted, link.node()),
        Node::Decide(domain) => {
            let mut i = 0;
            while i < domain.actions.count() {
                if label(&domain.actions, i, Hash::EMPTY).0 == Hash::of(wanted).0 {
                    return Some(true);
                }
                i += 1;
            }
            Some(false)
        }
        Node::Choice { branches, .. } => {
            let mut i = 0;
            while i < branches.len() {
                if Hash::of(branches[i].label).0 == Hash::of(wanted).0 {
                    return Some(true);
                }
                i += 1;
            }
            Some(false)
        }
        _ => None,
    }
}

const fn push_actions(mut message: Message, node: &Node) -> Message {
    match node {
        Node::Named { node, .. }
        | Node::Own { node }
        | Node::Weighted { node, .. }
        | Node::Within { node, .. }
        | Node::Pruned { node, .. }
        | Node::Recursive { node, .. } => push_actions(message, node),
        Node::Link(link) => push_actions(message, link.node()),
        Node::Decide(domain) => {
            let mut i = 0;
            while i < domain.actions.count() {
                message = push_label(&if i > 0 { message.push(", ") } else { message }, &domain.actions, i);
                i += 1;
            }
            message
        }
        Node::Choice { branches, .. } => {
            let mut i = 0;
            while i < branches.len() {
                message = if i > 0 { message.push(", ") } else { message }.push(branches[i].label);
                i += 1;
            }
            message
        }
        _ => message,
    }
}
