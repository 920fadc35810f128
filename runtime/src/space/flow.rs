//! The transition graph of several spaces: which decision can follow which action, and in which spaces.

use std::collections::{BTreeMap, BTreeSet};

use super::fragment::{END, Fragment};
use super::handle::Space;
use super::listed::listed;
use super::name::START;
use super::outline::Outline;
use super::transitions::Walk;

/// The spaces in which something is available, counted from 1.
pub type Spaces = BTreeSet<usize>;

/// Several spaces merged by state name (paper, Figure 1).
///
/// The states are joined by transitions, each of which says in which of the spaces it is available. The start state's
/// actions are the spaces. Repeated items that are told apart by number are one state here, `Cell.edge[i]`; repeats
/// and recursive types make cycles. A comparison or a prune predicate takes transitions away only for some values, so
/// they are all shown.
///
/// ```
/// use transfer_nas::prelude::*;
/// use transfer_nas::space::JointGraph;
///
/// #[search_space]
/// struct Dense { #[space(choices = [64, 128])] units: u32 }
///
/// #[search_space]
/// struct Cnn { #[space(choices = [1, 3])] kernel: u32, head: Dense }
///
/// let graph = JointGraph::new(&[("Cnn", Cnn::space()), ("Dense", Dense::space())]);
/// let shared: Vec<&str> = graph.states().into_iter().filter(|state| state.is_shared()).map(|state| state.name).collect();
/// assert_eq!(shared, ["Dense.units"]);
/// println!("{}", graph.to_dot());
/// ```
#[derive(Debug, Clone)]
pub struct JointGraph {
    spaces: usize,
    names: Vec<(String, Vec<String>)>,
    /// Where each action leads, and in which spaces: `(from, to)`, then the action.
    edges: BTreeMap<(usize, usize), BTreeMap<usize, Spaces>>,
}

/// A state of a [`JointGraph`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowState<'a> {
    /// Its name.
    pub name: &'a str,
    /// The spaces that use it.
    pub spaces: Spaces,
    pub(super) number: usize,
}

/// A transition of a [`JointGraph`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition<'a> {
    /// The state, which is `start` for the choice of the space.
    pub state: &'a str,
    /// The action's label.
    pub action: &'a str,
    /// The state that is decided next; none where the value is complete.
    pub next: Option<&'a str>,
    /// The spaces in which this can happen.
    pub spaces: &'a Spaces,
}

impl FlowState<'_> {
    /// Whether more than one space uses it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.spaces.len() > 1
    }
}

impl JointGraph {
    /// The graph of the spaces given with the names that the start state's actions shall have.
    #[must_use]
    pub fn new(spaces: &[(&str, Space)]) -> Self {
        let outlines: Vec<Outline> = spaces.iter().map(|(_, space)| space.outline()).collect();
        let named: Vec<(&str, &Outline)> = spaces.iter().map(|(name, _)| *name).zip(&outlines).collect();
        Self::of_outlines(&named)
    }

    /// The graph of spaces of which the outlines are known.
    pub(crate) fn of_outlines(spaces: &[(&str, &Outline)]) -> Self {
        let mut walk = Walk::default();
        let start = walk.state(START);
        let mut edges = BTreeMap::new();
        for (i, (name, outline)) in spaces.iter().enumerate() {
            let entry = Fragment::action(start, walk.action(start, name));
            let Some(inside) = walk.outline(outline) else { continue };
            let whole = entry.then(&inside).then(&Fragment::end());
            for ((from, action), to) in whole.edges() {
                let actions: &mut BTreeMap<usize, Spaces> = edges.entry((from, to)).or_default();
                actions.entry(action).or_default().insert(i + 1);
            }
        }
        Self { spaces: spaces.len(), names: walk.into_names(), edges }
    }

    /// The graph of one space, whose start has no label.
    pub(super) fn of(space: Space) -> Self {
        Self::new(&[("", space)])
    }

    /// The states in the order in which the spaces decide them, without start and end.
    #[must_use]
    pub fn states(&self) -> Vec<FlowState<'_>> {
        let mut spaces: BTreeMap<usize, Spaces> = BTreeMap::new();
        for (&(_, to), actions) in &self.edges {
            spaces.entry(to).or_default().extend(actions.values().flatten());
        }
        spaces.remove(&END);
        spaces.into_iter().map(|(number, spaces)| FlowState { name: &self.names[number].0, spaces, number }).collect()
    }

    /// All transitions, by state, next state and action.
    pub fn transitions(&self) -> impl Iterator<Item = Transition<'_>> {
        self.edges.iter().flat_map(|(&(from, to), actions)| {
            let (state, labels) = &self.names[from];
            let next = self.names.get(to).map(|(name, _)| name.as_str());
            actions.iter().map(move |(&action, spaces)| Transition { state, action: &labels[action], next, spaces })
        })
    }

    /// The arrows of a picture: from, to, and the lines of the label.
    pub(super) fn arrows(&self) -> impl Iterator<Item = (usize, usize, Vec<String>)> {
        self.edges.iter().map(|(&(from, to), actions)| (from, to, self.label(&self.names[from].1, actions)))
    }

    /// One line for all actions of the same spaces, which are named where they are not all spaces.
    fn label(&self, labels: &[String], actions: &BTreeMap<usize, Spaces>) -> Vec<String> {
        let mut lines: Vec<(&Spaces, Vec<&str>)> = Vec::new();
        for (&action, spaces) in actions {
            match lines.iter_mut().find(|(known, _)| *known == spaces) {
                Some((_, line)) => line.push(&labels[action]),
                None => lines.push((spaces, vec![&labels[action]])),
            }
        }
        lines.into_iter().map(|(spaces, labels)| self.line(spaces, &labels)).collect()
    }

    fn line(&self, spaces: &Spaces, labels: &[&str]) -> String {
        let labels = listed(labels);
        if spaces.len() == self.spaces {
            return labels;
        }
        let numbers: Vec<String> = spaces.iter().map(usize::to_string).collect();
        format!("{labels} ({})", numbers.join(", "))
    }
}
