//! Which decision can follow which.

use std::collections::{BTreeMap, BTreeSet};

use super::figure::{self, Figure};
use super::graph_edges;
use super::graph_layout::{HEIGHT, Layout, MOST, Placed};
use super::markup::{Attributes, Markup, Px};
use super::story::{Graph, Node, Story};
use crate::space::JointGraph;

pub(super) fn write(page: &mut Markup, story: &Story) {
    if story.graph.nodes.is_empty() {
        return page.element("p", &[], "There is no graph of the space to show.");
    }
    page.element("p", &[], INTRODUCTION);
    let layout = Layout::new(&story.graph);
    if layout.left_out > 0 {
        let note = format!("The first {MOST} states are drawn; one node stands for the other {}.", layout.left_out);
        page.element("p", &[("class", &"note")], note);
    }
    let title = "The states of the space, and which of them can follow which";
    Figure { title, width: layout.width, height: layout.height }.draw(page, |page| {
        graph_edges::draw(page, &layout);
        layout.nodes.iter().for_each(|node| state(page, node));
    });
}

const INTRODUCTION: &str = "A box is a state, a decision that can come up; an arrow leads to one that can be decided next, \
    after the actions written on it, or after any where there are none.";

fn state(page: &mut Markup, node: &Placed) {
    let class = if node.more { "node more" } else { "node" };
    let (left, top, width) = (node.x - node.width / 2.0, Px(node.y - HEIGHT / 2.0), Px(node.width));
    let size: Attributes<'_> =
        &[("class", &class), ("x", &Px(left)), ("y", &top), ("width", &width), ("height", &HEIGHT), ("rx", &5)];
    page.single("rect", size);
    figure::state(page, "middle", (node.x, node.y + 4.0), &node.name, node.width - 19.0);
}

/// The states in the order in which they are decided, each as deep as its longest way from the start, along arrows that
/// lead forwards in that order.
impl From<&JointGraph> for Graph {
    fn from(joint: &JointGraph) -> Self {
        let states = joint.states();
        let numbers: BTreeMap<&str, usize> = states.iter().enumerate().map(|(i, state)| (state.name, i)).collect();
        let mut actions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut arrows: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
        for transition in joint.transitions() {
            actions.entry(transition.state).or_default().insert(transition.action);
            let ends = (numbers.get(transition.state), transition.next.and_then(|next| numbers.get(next)));
            if let (Some(&from), Some(&to)) = ends {
                arrows.entry((from, to)).or_default().push(transition.action);
            }
        }
        let mut nodes: Vec<Node> = states.iter().map(|state| Node { name: state.name.to_owned(), depth: 0 }).collect();
        for &(from, to) in arrows.keys().filter(|(from, to)| from < to) {
            nodes[to].depth = nodes[to].depth.max(nodes[from].depth + 1);
        }
        let label = |from: usize, labels: &[&str]| {
            (labels.len() < actions[states[from].name].len()).then(|| labels.join(" | "))
        };
        let edges = arrows.into_iter().map(|((from, to), labels)| (from, to, label(from, &labels))).collect();
        Self { nodes, edges }
    }
}
