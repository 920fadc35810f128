//! The run-time form of a universe: a graph of decisions whose states and actions are rows, and the cursor that
//! walks it.

use super::codec::{DecodeError, Trace};
use super::name::LENGTH_SUFFIX;
use super::node::{Domain, Node};
use super::vocabulary::{ActionRow, Collector, StateRow, Vocabulary, labels};

/// A universe with its vocabulary, ready to be walked.
#[derive(Debug, Clone)]
pub struct Graph {
    vocabulary: Vocabulary,
    spaces: Vec<Space>,
    parts: Vec<Part>,
}

/// One space of a universe.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    /// The start state's action that names this space.
    pub(crate) start: ActionRow,
    root: PartId,
}

#[derive(Debug, Clone, Copy)]
struct PartId(u32);

#[derive(Debug, Clone)]
enum Part {
    Decision(Decision, Next),
    Sequence(Vec<PartId>),
}

/// A decision to be made: its state, and the actions that are available, in the order of the trace's indices.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The state.
    pub state: StateRow,
    /// The available actions.
    pub actions: Vec<ActionRow>,
}

/// What follows a decision.
#[derive(Debug, Clone)]
enum Next {
    Nothing,
    Branches(Vec<PartId>),
    /// Action `i` is followed by the first `min + i` items.
    Items {
        min: usize,
        items: Vec<PartId>,
    },
}

impl Graph {
    /// The graph of the universe that starts at `start`, a [`Node::Choice`] of its spaces.
    #[must_use]
    pub fn new(start: &'static Node) -> Self {
        let (mut graph, root) = Self::build(start);
        graph.spaces = spaces(&graph.parts, root);
        graph
    }

    /// The graph of one space, without a start state.
    pub(crate) fn of_space(node: &'static Node) -> Self {
        let (mut graph, root) = Self::build(node);
        graph.spaces = vec![Space { start: ActionRow(0), root }];
        graph
    }

    fn build(node: &'static Node) -> (Self, PartId) {
        let mut builder = Builder::default();
        let root = builder.part(node, "");
        let vocabulary = builder.states.finish();
        let mut parts = builder.parts;
        for part in &mut parts {
            if let Part::Decision(Decision { state, actions }, _) = part {
                let first = vocabulary.state(*state).rows().start as u32;
                for action in actions {
                    action.0 += first;
                }
            }
        }
        (Self { vocabulary, spaces: Vec::new(), parts }, root)
    }

    /// The states and actions of all spaces.
    #[must_use]
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    pub(crate) fn spaces(&self) -> &[Space] {
        &self.spaces
    }

    /// A cursor at the first decision of a space.
    pub(crate) fn walk(&self, space: usize) -> Cursor<'_> {
        Cursor { graph: self, pending: vec![self.spaces[space].root] }
    }

    /// The decisions of a trace, each with the index of its action.
    pub(crate) fn follow(&self, space: usize, trace: &Trace) -> Result<Vec<(&Decision, usize)>, DecodeError> {
        let mut cursor = self.walk(space);
        let mut steps = Vec::with_capacity(trace.len());
        for (step, &index) in trace.indices().iter().enumerate() {
            let left = trace.len() - step;
            let decision = cursor.decision().ok_or(DecodeError::TooLong { left })?;
            let actions = decision.actions.len();
            if index as usize >= actions {
                return Err(DecodeError::OutOfRange { step, index, actions });
            }
            steps.push((decision, index as usize));
            cursor.choose(index as usize);
        }
        match cursor.decision() {
            None => Ok(steps),
            Some(_) => Err(DecodeError::TooShort { len: trace.len() }),
        }
    }
}

fn spaces(parts: &[Part], root: PartId) -> Vec<Space> {
    let Part::Decision(decision, Next::Branches(branches)) = &parts[root.0 as usize] else {
        return Vec::new();
    };
    decision.actions.iter().zip(branches).map(|(&start, &root)| Space { start, root }).collect()
}

/// Walks the decisions of one space in order.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    graph: &'a Graph,
    pending: Vec<PartId>,
}

impl<'a> Cursor<'a> {
    /// The decision to be made now, or none where the value is complete.
    pub(crate) fn decision(&mut self) -> Option<&'a Decision> {
        loop {
            match &self.graph.parts[self.pending.last()?.0 as usize] {
                Part::Decision(decision, _) => return Some(decision),
                Part::Sequence(parts) => {
                    self.pending.pop();
                    self.pending.extend(parts.iter().rev());
                }
            }
        }
    }

    /// Makes the decision that [`decision`](Self::decision) gave.
    pub(crate) fn choose(&mut self, index: usize) {
        let Some(part) = self.pending.pop() else { return };
        match &self.graph.parts[part.0 as usize] {
            Part::Decision(_, Next::Branches(branches)) => self.pending.push(branches[index]),
            Part::Decision(_, Next::Items { min, items }) => self.pending.extend(items[..min + index].iter().rev()),
            Part::Decision(_, Next::Nothing) | Part::Sequence(_) => {}
        }
    }
}

#[derive(Default)]
struct Builder {
    states: Collector,
    parts: Vec<Part>,
}

impl Builder {
    fn part(&mut self, node: &Node, name: &str) -> PartId {
        match node {
            Node::Unit => self.add(Part::Sequence(Vec::new())),
            Node::Named { name, node, .. } => self.part(node, name),
            Node::Within { suffix, node } => self.part(node, &format!("{name}{suffix}")),
            Node::Decide(domain) => self.decide(domain, name, Next::Nothing),
            Node::Choice { kind, branches } => {
                let labels = branches.iter().map(|branch| branch.label.to_owned());
                let decision = self.decision(name, *kind, labels);
                let branches = branches.iter().map(|branch| self.part(branch.node, name)).collect();
                self.add(Part::Decision(decision, Next::Branches(branches)))
            }
            Node::Sequence(nodes) => {
                let parts = nodes.iter().map(|node| self.part(node, name)).collect();
                self.add(Part::Sequence(parts))
            }
            Node::Array { item, len } => {
                let items = self.items(item, *len, name);
                self.add(Part::Sequence(items))
            }
            Node::Repeat { item, min, max } => {
                let lengths = Domain::lengths(*min, *max);
                let name_of_length = format!("{name}{LENGTH_SUFFIX}");
                let decision = self.decision(&name_of_length, lengths.kind, labels(&lengths).into_iter());
                let items = self.items(item, *max, name);
                self.add(Part::Decision(decision, Next::Items { min: *min, items }))
            }
        }
    }

    fn items(&mut self, item: &Node, len: usize, name: &str) -> Vec<PartId> {
        if item.is_absolute() && len > 0 {
            return vec![self.part(item, name); len];
        }
        (0..len).map(|i| self.part(item, &format!("{name}[{i}]"))).collect()
    }

    fn decide(&mut self, domain: &Domain, name: &str, next: Next) -> PartId {
        let decision = self.decision(name, domain.kind, labels(domain).into_iter());
        self.add(Part::Decision(decision, next))
    }

    /// The rows of the actions are positions within their state until the vocabulary is complete.
    fn decision(&mut self, name: &str, kind: super::Kind, labels: impl Iterator<Item = String>) -> Decision {
        let (state, positions) = self.states.enter(name, kind, labels);
        Decision { state, actions: positions.into_iter().map(ActionRow).collect() }
    }

    fn add(&mut self, part: Part) -> PartId {
        self.parts.push(part);
        PartId(self.parts.len() as u32 - 1)
    }
}
