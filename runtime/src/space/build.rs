//! From the constant tree to the graph.

use super::link::Owner;
use super::name::{Hash, LENGTH_SUFFIX};
use super::node::{Actions, Branch, Domain, Kind, Naming, Node};
use super::only::Only;
use super::part::{Decision, Next, Part, PartId, Prune};
use super::relation::{Comparison, Number, Relation};
use super::vocabulary::{ActionRow, Collector, Label, Names, Vocabulary, labels};

/// Where the walk stands: the names above, the actions that are left, and the comparisons of the decision below.
#[derive(Clone, Copy)]
struct Place<'a> {
    names: &'a Names,
    only: Only,
    comparisons: &'a [Comparison],
    slot: Option<usize>,
    /// Of the actions of the decision below, by their indices; empty where all are alike.
    weights: &'a [f64],
    level: Option<&'a Level<'a>>,
    /// Whether types have states of their own here.
    own: bool,
}

/// The next level of a recursive type; none at the greatest depth.
struct Level<'a> {
    name: &'static str,
    owner: Option<Owner>,
    below: Option<PartId>,
    up: Option<&'a Level<'a>>,
}

impl<'a> Place<'a> {
    /// The same names and levels for another decision.
    fn fresh(self, names: &'a Names) -> Self {
        Self { names, only: Only::ALL, comparisons: &[], slot: None, weights: &[], ..self }
    }

    /// The innermost level above of which this holds.
    fn level(self, is_sought: impl Fn(&Level<'_>) -> bool) -> Option<&'a Level<'a>> {
        let mut level = self.level;
        while let Some(found) = level.filter(|found| !is_sought(found)) {
            level = found.up;
        }
        level
    }

    /// The level of a type that stands above by way of other types.
    fn again(self, node: &Node) -> Option<&'a Level<'a>> {
        let Node::Recursive { owner: Some(owner), .. } = node else { return None };
        self.level(|level| level.owner.is_some_and(|known| known.is(owner)))
    }
}

/// Collects parts and states.
#[derive(Default)]
pub(super) struct Builder {
    states: Collector,
    parts: Vec<Part>,
}

impl Builder {
    pub(super) fn build(node: &Node) -> (Vocabulary, Vec<Part>, PartId) {
        let mut builder = Self::default();
        let names = Names::default();
        let place = Place {
            names: &names,
            only: Only::ALL,
            comparisons: &[],
            slot: None,
            weights: &[],
            level: None,
            own: false,
        };
        let root = builder.part(node, place).unwrap_or_else(|| builder.add(nothing()));
        let vocabulary = builder.states.finish();
        for part in &mut builder.parts {
            if let Part::Decision(Decision { state, actions, .. }, _) = part {
                let first = vocabulary.state(*state).rows().start as u32;
                for action in actions {
                    action.0 += first;
                }
            }
        }
        (vocabulary, builder.parts, root)
    }

    /// The part of a node; none where no value can be made of it at this depth.
    fn part(&mut self, node: &Node, at: Place<'_>) -> Option<PartId> {
        match node {
            Node::Unit => Some(self.add(nothing())),
            Node::Named { name, aliases, local, node, .. } => {
                let names = at.names.named(at.own, *local, name, aliases);
                self.part(node, Place { names: &names, ..at })
            }
            Node::Own { node } => self.part(node, Place { own: true, ..at }),
            Node::Within { suffix, node } => self.part(node, Place { names: &at.names.with(suffix), ..at }),
            Node::Restricted { labels, keep, node } => {
                self.part(node, Place { only: Only { labels, keep: *keep }, ..at })
            }
            Node::Weighted { weights, node } => self.part(node, Place { weights, ..at }),
            Node::Subset { labels, min, max } => self.subset(labels, (*min, *max), at),
            Node::Permutation { labels } => Some(self.permutation(labels, at)),
            Node::Compared { comparisons, node } => self.part(node, Place { comparisons, ..at }),
            Node::Pruned { prune, node } => self.pruned(*prune, node, at),
            Node::Recursive { name, owner, max_depth, node: inner } => match at.again(node) {
                Some(level) => level.below,
                None => self.recursive((name, *owner), *max_depth, inner, at),
            },
            Node::Again { name } => at.level(|level| level.name == *name)?.below,
            Node::Link(link) => self.part(link.node(), at),
            Node::Decide(domain) => {
                let decision = self.plain(domain, at);
                Some(self.add(Part::Decision(decision, Next::Nothing)))
            }
            Node::Choice { kind, branches } => self.choice(*kind, branches, at),
            Node::Sequence(nodes) => self.sequence(nodes, at),
            Node::Array { item, len, naming } => {
                let parts = self.items(item, *len, *naming, at)?;
                Some(self.add(Part::Sequence { parts, compares: false, permutes: false }))
            }
            Node::Repeat { item, min, max, naming } => self.repeat(item, (*min, *max), *naming, at),
        }
    }

    fn pruned(&mut self, prune: Prune, node: &Node, at: Place<'_>) -> Option<PartId> {
        // The outermost value alone is asked.
        if let Some(level) = at.again(node) {
            return level.below;
        }
        let part = self.part(node, at)?;
        Some(self.add(Part::Pruned(prune, part)))
    }

    /// From the deepest level, which has none below, to the outermost.
    fn recursive(
        &mut self,
        (name, owner): (&'static str, Option<Owner>),
        max_depth: usize,
        node: &Node,
        at: Place<'_>,
    ) -> Option<PartId> {
        let mut below = None;
        for depth in (0..max_depth).rev() {
            let level = Level { name, owner, below, up: at.level };
            let only = if depth == 0 { at.only } else { Only::ALL };
            below = self.part(node, Place { level: Some(&level), only, ..at });
        }
        below
    }

    fn choice(&mut self, kind: Kind, branches: &[Branch], at: Place<'_>) -> Option<PartId> {
        let offered = |branch: &&(usize, &Branch)| at.only.offers(Hash::of(branch.1.label));
        let branches: Vec<(usize, &Branch)> = branches.iter().enumerate().collect();
        let branches: Vec<_> = branches.iter().filter(offered).copied().collect();
        let names = branches.iter().map(|(_, branch)| (Names::new(branch.label, branch.aliases), None)).collect();
        let indices = branches.iter().map(|&(index, _)| index as u32).collect();
        let mut decision = self.decision(kind, names, indices, at);
        let next: Vec<Option<PartId>> =
            branches.iter().map(|(_, branch)| self.part(branch.node, at.fresh(at.names))).collect();
        decision.open.retain(|&position| next[position as usize].is_some());
        (!decision.open.is_empty()).then(|| self.add(Part::Decision(decision, Next::Branches(next))))
    }

    fn sequence(&mut self, nodes: &[&Node], at: Place<'_>) -> Option<PartId> {
        let compared: Vec<usize> = nodes.iter().flat_map(|node| comparisons(node)).map(|c| c.earlier).collect();
        let parts: Vec<Option<PartId>> = nodes
            .iter()
            .enumerate()
            .map(|(i, node)| self.part(node, Place { slot: compared.contains(&i).then_some(i), ..at.fresh(at.names) }))
            .collect();
        let parts = parts.into_iter().collect::<Option<Vec<PartId>>>()?;
        Some(self.add(Part::Sequence { parts, compares: !compared.is_empty(), permutes: false }))
    }

    fn repeat(&mut self, item: &Node, (min, max): (usize, usize), naming: Naming, at: Place<'_>) -> Option<PartId> {
        let mut decision = self.plain(&Domain::lengths(min, max), at.fresh(&at.names.with(LENGTH_SUFFIX)));
        let items = self.items(item, max, naming, at);
        if items.is_none() {
            // Only a list without items can be made.
            decision.open.retain(|&position| min + position as usize == 0);
        }
        let next = Next::Items { min, items: items.unwrap_or_default() };
        (!decision.open.is_empty()).then(|| self.add(Part::Decision(decision, next)))
    }

    /// Items with names of their own are one part, and so are tied items.
    fn items(&mut self, item: &Node, len: usize, naming: Naming, at: Place<'_>) -> Option<Vec<PartId>> {
        if len > 0 && (item.is_absolute() && !at.own || naming == Naming::Tied) {
            return self.part(item, at.fresh(at.names)).map(|part| vec![part; len]);
        }
        let numbers: Vec<usize> = (0..len).filter_map(|i| naming.number(i)).collect();
        // All items are entered, also after one of which no value can be made: their states are counted, too.
        let parts: Vec<Option<PartId>> = numbers
            .into_iter()
            .map(|number| self.part(item, at.fresh(&at.names.with(&format!("[{number}]")))))
            .collect();
        parts.into_iter().collect()
    }

    fn plain(&mut self, domain: &Domain, at: Place<'_>) -> Decision {
        let all = labels(domain);
        let offered: Vec<u32> = (0..all.len() as u32).filter(|&i| at.only.offers(Hash::of(&all[i as usize]))).collect();
        let label = |&i: &u32| (Names::new(&all[i as usize], &[]), domain.actions.number(i as usize));
        let labels: Vec<Label> = offered.iter().map(label).collect();
        let numbers = labels.iter().map(|(_, number)| *number).collect();
        let mut decision = self.decision(domain.kind, labels, offered, at);
        if decision.slot.is_some() || !decision.comparisons.is_empty() {
            decision.numbers = numbers;
        }
        decision
    }

    /// The rows of the actions are positions within their state until the vocabulary is complete.
    fn decision(&mut self, kind: Kind, labels: Vec<Label>, indices: Vec<u32>, at: Place<'_>) -> Decision {
        let (state, positions) = self.states.enter(at.names, kind, labels);
        let weights = if at.weights.is_empty() {
            Vec::new()
        } else {
            indices.iter().map(|&index| at.weights.get(index as usize).copied().unwrap_or(1.0)).collect()
        };
        Decision {
            state,
            weights,
            permutes: false,
            actions: positions.into_iter().map(ActionRow).collect(),
            open: (0..indices.len() as u32).collect(),
            indices,
            slot: at.slot,
            comparisons: at.comparisons.iter().map(|c| (c.relation, c.earlier)).collect(),
            numbers: Vec::new(),
        }
    }

    fn add(&mut self, part: Part) -> PartId {
        self.parts.push(part);
        PartId(self.parts.len() as u32 - 1)
    }
}

fn nothing() -> Part {
    Part::Sequence { parts: Vec::new(), compares: false, permutes: false }
}

impl Builder {
    /// A decision for each item and number of items taken before it. An action weighs as many subsets as it leads to, so that all
    /// are alike before anything is known.
    fn subset(&mut self, labels: &[&str], (min, max): (usize, usize), at: Place<'_>) -> Option<PartId> {
        let names: Vec<Names> = labels.iter().map(|label| at.names.with(&format!("[{label}]"))).collect();
        for names in &names {
            self.plain(&Domain::FLAG, at.fresh(names));
        }
        // By number taken: the part, and the subsets that it leads to.
        let ends = |taken| if (min..=max).contains(&taken) { 1.0 } else { 0.0 };
        let end = self.add(nothing());
        let mut after: Vec<(PartId, f64)> = (0..=labels.len() + 1).map(|taken| (end, ends(taken))).collect();
        for (i, names) in names.iter().enumerate().rev() {
            after = (0..=i + 1).map(|taken| self.item(names, [after[taken], after[taken + 1]], at)).collect();
        }
        let (first, subsets) = *after.first()?;
        (subsets > 0.0).then_some(first)
    }

    fn item(&mut self, names: &Names, after: [(PartId, f64); 2], at: Place<'_>) -> (PartId, f64) {
        let weights = after.map(|(_, subsets)| subsets);
        let mut decision = self.plain(&Domain::FLAG, Place { weights: &weights, ..at.fresh(names) });
        decision.open.retain(|&position| weights[position as usize] > 0.0);
        let next = after.iter().map(|&(part, subsets)| (subsets > 0.0).then_some(part)).collect();
        (self.add(Part::Decision(decision, Next::Branches(next))), weights.iter().sum())
    }

    /// A decision for each place, whose number is none of the earlier ones'.
    fn permutation(&mut self, labels: &'static [&'static str], at: Place<'_>) -> PartId {
        let domain = Domain { kind: Kind::Variant, actions: Actions::Labels(labels) };
        let places = (0..labels.len()).map(|i| {
            let comparisons: Vec<Comparison> =
                (0..i).map(|earlier| Comparison { relation: Relation::Other, earlier }).collect();
            let names = at.names.with(&format!("[{i}]"));
            let place = Place { slot: Some(i), comparisons: &comparisons, ..at.fresh(&names) };
            let mut decision = self.plain(&domain, place);
            decision.permutes = true;
            decision.numbers = (0..labels.len()).map(|item| Some(Number::Integer(item as i128))).collect();
            self.add(Part::Decision(decision, Next::Nothing))
        });
        let parts = places.collect();
        self.add(Part::Sequence { parts, compares: true, permutes: true })
    }
}

/// The comparisons of a sequence's part.
pub(super) fn comparisons(node: &Node) -> &'static [Comparison] {
    match node {
        Node::Named { node, .. } | Node::Restricted { node, .. } | Node::Weighted { node, .. } => comparisons(node),
        Node::Compared { comparisons, .. } => comparisons,
        _ => &[],
    }
}
