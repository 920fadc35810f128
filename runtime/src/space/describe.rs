//! From the constant tree to its outline.

use super::build::comparisons;
use super::inside::{Entered, Inside, is_again};
use super::name::{Hash, LENGTH_SUFFIX};
use super::node::{Actions, Branch, Domain, Kind, Naming, Node};
use super::only::Only;
use super::outline::{Action, Comparison, Decision, ItemNaming, Outline, Part, Repeat, Times};
use super::vocabulary::{Names, labels};

/// Where the walk stands: the names above, and what is known of the first decision below.
#[derive(Clone, Copy)]
struct Place<'a> {
    names: &'a Names,
    /// The same by fields and items; none within a type that contains itself.
    path: Option<&'a str>,
    only: Only,
    comparisons: &'a [Comparison],
    /// Whether types have states of their own here.
    own: bool,
    inside: Option<&'a Inside<'a>>,
}

impl<'a> Place<'a> {
    /// The same place for another decision.
    fn fresh(self, names: &'a Names) -> Self {
        Self { names, only: Only::ALL, comparisons: &[], ..self }
    }

    /// Does something at a place whose name goes on from here.
    fn within<R>(self, suffix: &str, work: impl FnOnce(Place<'_>) -> R) -> R {
        let path = self.path.map(|path| format!("{path}{suffix}"));
        work(Place { names: &self.names.with(suffix), path: path.as_deref(), ..self })
    }
}

impl Outline {
    /// The outline of a tree.
    #[must_use]
    pub fn new(node: &Node) -> Self {
        Self { parts: parts(node) }
    }
}

/// The parts of a whole space.
fn parts(node: &Node) -> Vec<Part> {
    walk(
        node,
        Place { names: &Names::default(), path: Some(""), only: Only::ALL, comparisons: &[], own: false, inside: None },
    )
}

fn walk(node: &Node, at: Place<'_>) -> Vec<Part> {
    match node {
        Node::Unit => Vec::new(),
        Node::Named { name, aliases, local, node, .. } => {
            let path = at.path.map(|path| match local {
                Some(local) if !path.is_empty() => format!("{path}{local}"),
                _ => (*name).to_owned(),
            });
            walk(node, Place { names: &at.names.named(at.own, *local, name, aliases), path: path.as_deref(), ..at })
        }
        Node::Own { node } => walk(node, Place { own: true, ..at }),
        Node::Within { suffix, node } => at.within(suffix, |at| walk(node, at)),
        Node::Restricted { labels, keep, node } => walk(node, Place { only: Only { labels, keep: *keep }, ..at }),
        Node::Compared { node, .. } | Node::Weighted { node, .. } => walk(node, at),
        Node::Subset { labels, .. } => {
            let item = |label: &&str| {
                let (names, path) =
                    (at.names.with(&format!("[{label}]")), at.path.map(|path| format!("{path}{{{label}}}")));
                let at = Place { path: path.as_deref(), ..at };
                Part::Decision(plain(&Domain::FLAG, at.fresh(&names)))
            };
            labels.iter().map(item).collect()
        }
        Node::Permutation { labels } => {
            let domain = Domain { kind: Kind::Variant, actions: Actions::Labels(labels) };
            let place =
                |i: usize| at.within(&format!("[{i}]"), |at| Part::Decision(plain(&domain, at.fresh(at.names))));
            (0..labels.len()).map(place).collect()
        }
        Node::Recursive { name, owner, .. } | Node::Pruned { node: Node::Recursive { name, owner, .. }, .. }
            if is_again(*owner, at.inside) =>
        {
            vec![Part::Again { name: (*name).to_owned() }]
        }
        Node::Pruned { node, .. } => vec![Part::Pruned { parts: walk(node, at) }],
        Node::Recursive { name, owner, max_depth, node } => {
            let inside = Some(&Inside { entered: Entered::Recursive(*owner), up: at.inside });
            vec![Part::Recursive {
                name: (*name).to_owned(),
                max_depth: *max_depth,
                parts: walk(node, Place { path: None, inside, ..at }),
            }]
        }
        Node::Again { name } => vec![Part::Again { name: (*name).to_owned() }],
        Node::Link(link) => walk(link.node(), at),
        Node::Decide(domain) => vec![Part::Decision(plain(domain, at))],
        Node::Choice { kind, branches } => vec![Part::Decision(choice(*kind, branches, at))],
        Node::Sequence(nodes) => sequence(nodes, at),
        Node::Array { item, len, naming } => {
            let repeat = items(item, Times { min: *len, max: *len }, *naming, at);
            if repeat.parts.is_empty() { Vec::new() } else { vec![Part::Repeat(repeat)] }
        }
        Node::Repeat { item, min, max, naming } => {
            let length = at.within(LENGTH_SUFFIX, |at| plain(&Domain::lengths(*min, *max), at.fresh(at.names)));
            let items = items(item, Times { min: *min, max: *max }, *naming, at);
            vec![Part::Repeat(Repeat { length: Some(length), ..items })]
        }
    }
}

fn plain(domain: &Domain, at: Place<'_>) -> Decision {
    let action = |label| Action { label, aliases: Vec::new(), then: Vec::new() };
    decision(domain.kind, labels(domain).into_iter().map(action).collect(), at)
}

fn choice(kind: Kind, branches: &[Branch], at: Place<'_>) -> Decision {
    let action = |branch: &Branch| {
        let Names { name: label, aliases } = Names::new(branch.label, branch.aliases);
        Action { label, aliases, then: walk(branch.node, at.fresh(at.names)) }
    };
    decision(kind, branches.iter().map(action).collect(), at)
}

fn decision(kind: Kind, mut actions: Vec<Action>, at: Place<'_>) -> Decision {
    actions.retain(|action| at.only.offers(Hash::of(&action.label)));
    let Names { name: state, aliases } = at.names.clone();
    let place = at.path.filter(|path| *path != state).unwrap_or_default().to_owned();
    Decision { state, aliases, kind, actions, place, comparisons: at.comparisons.to_vec() }
}

fn sequence(nodes: &[&Node], at: Place<'_>) -> Vec<Part> {
    let name = |position: usize| nodes.get(position).map(|node| state(node, at.names, at.own)).unwrap_or_default();
    let part = |node: &&Node| {
        let compared = comparisons(node).iter();
        let comparisons: Vec<Comparison> =
            compared.map(|known| Comparison { relation: known.relation, earlier: name(known.earlier) }).collect();
        walk(node, Place { comparisons: &comparisons, ..at.fresh(at.names) })
    };
    nodes.iter().flat_map(part).collect()
}

/// The name of a plain decision.
fn state(node: &Node, above: &Names, own: bool) -> String {
    match node {
        Node::Named { name, local, node, .. } => state(node, &above.named(own, *local, name, &[]), own),
        Node::Within { suffix, node } => state(node, &above.with(suffix), own),
        Node::Restricted { node, .. } | Node::Compared { node, .. } => state(node, above, own),
        _ => above.name.clone(),
    }
}

/// What one of several items decides.
fn items(item: &Node, times: Times, naming: Naming, at: Place<'_>) -> Repeat {
    let naming = match naming {
        _ if item.is_absolute() && !at.own => ItemNaming::Own,
        Naming::Numbered => ItemNaming::Numbered,
        Naming::At(positions) => ItemNaming::At(positions.to_vec()),
        Naming::Tied => ItemNaming::Tied,
    };
    let names = match naming {
        ItemNaming::Own | ItemNaming::Tied => at.names.clone(),
        ItemNaming::Numbered | ItemNaming::At(_) => at.names.with("[i]"),
    };
    let path = at.path.map(|path| format!("{path}[i]"));
    Repeat { length: None, times, naming, parts: walk(item, Place { path: path.as_deref(), ..at.fresh(&names) }) }
}
