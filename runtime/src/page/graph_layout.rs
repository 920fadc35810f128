//! Where the states of a graph stand: a line for each depth, downwards, in panels side by side where they fit.

use std::collections::BTreeMap;

use super::figure::SIZE;
use super::story::Graph;
use super::text;

/// More states are one node.
pub(super) const MOST: usize = 60;
pub(super) const HEIGHT: f64 = 24.0;
const DOWN: f64 = 62.0;
const GAP: f64 = 28.0;
/// Room at the sides of a panel for the edges that pass others.
const SIDE: f64 = 76.0;
const MARGIN: f64 = 26.0;
/// As wide as the page.
const WIDTH: f64 = 1120.0;
/// So many lines are not broken into panels.
const LINES: usize = 9;

/// A state where it stands: the middle of its box.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub(super) name: String,
    pub(super) depth: usize,
    pub(super) panel: usize,
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    /// Whether it stands for the states that are not drawn.
    pub(super) more: bool,
}

/// A graph as it is drawn.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) nodes: Vec<Placed>,
    pub(super) edges: Vec<(usize, usize, Option<String>)>,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) panel: f64,
    pub(super) left_out: usize,
}

impl Layout {
    pub(super) fn new(graph: &Graph) -> Self {
        let (mut nodes, edges, left_out) = collapsed(graph);
        let lines = lines(&nodes, &edges);
        let widest = lines.iter().map(|line| room(&nodes, line)).fold(0.0, f64::max);
        let panel = widest + 2.0 * SIDE;
        let (panels, length) = panels(lines.len(), panel);
        for (number, line) in lines.iter().enumerate() {
            let mut x = panel * (number / length) as f64 + (panel - room(&nodes, line)) / 2.0;
            for &node in line {
                let node = &mut nodes[node];
                node.panel = number / length;
                node.x = x + node.width / 2.0;
                node.y = MARGIN + HEIGHT / 2.0 + DOWN * (number % length) as f64;
                x += node.width + GAP;
            }
        }
        let height = 2.0 * MARGIN + HEIGHT + DOWN * (length.min(lines.len()).max(1) - 1) as f64;
        Self { nodes, edges, width: panel * panels as f64, height, panel, left_out }
    }
}

type Edges = Vec<(usize, usize, Option<String>)>;

/// The first states by depth, with one node for all others.
fn collapsed(graph: &Graph) -> (Vec<Placed>, Edges, usize) {
    let mut order: Vec<usize> = (0..graph.nodes.len()).collect();
    order.sort_by_key(|&node| graph.nodes[node].depth);
    let left_out = order.len().saturating_sub(MOST);
    order.truncate(MOST);
    let mut nodes: Vec<Placed> =
        order.iter().map(|&node| placed(graph.nodes[node].name.clone(), graph.nodes[node].depth, false)).collect();
    if left_out > 0 {
        let depth = nodes.iter().map(|node| node.depth).max().unwrap_or_default() + 1;
        nodes.push(placed(format!("… {left_out} more states"), depth, true));
    }
    let new: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let last = nodes.len().saturating_sub(1);
    let mut edges: Edges = Vec::new();
    for (from, to, label) in graph.edges.iter().filter(|edge| edge.0.max(edge.1) < graph.nodes.len()) {
        let ends = (new.get(from).copied().unwrap_or(last), new.get(to).copied().unwrap_or(last));
        let folded = left_out > 0 && (ends.0 == last || ends.1 == last);
        if !folded {
            edges.push((ends.0, ends.1, label.clone()));
        } else if ends.0 != last && !edges.iter().any(|(a, b, _)| (*a, *b) == ends) {
            edges.push((ends.0, last, None));
        }
    }
    (nodes, edges, left_out)
}

fn placed(name: String, depth: usize, more: bool) -> Placed {
    const ROOM: f64 = 210.0;
    let width = text::width(&name, SIZE).min(ROOM) + 20.0;
    Placed { name, depth, panel: 0, x: 0.0, y: 0.0, width, more }
}

/// The nodes of each depth that has any, each near those that lead to it.
fn lines(nodes: &[Placed], edges: &Edges) -> Vec<Vec<usize>> {
    let mut lines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, placed) in nodes.iter().enumerate() {
        lines.entry(placed.depth).or_default().push(node);
    }
    let mut place = vec![0.5; nodes.len()];
    for line in lines.values_mut() {
        let wish = |node: usize| {
            let before = edges.iter().filter(|edge| edge.1 == node && nodes[edge.0].depth < nodes[node].depth);
            let (sum, count) = before.fold((0.0, 0.0), |(sum, count), edge| (sum + place[edge.0], count + 1.0));
            if count > 0.0 { sum / count } else { 0.5 }
        };
        let wishes: BTreeMap<usize, f64> = line.iter().map(|&node| (node, wish(node))).collect();
        line.sort_by(|a, b| wishes[a].total_cmp(&wishes[b]));
        for (i, &node) in line.iter().enumerate() {
            place[node] = (i as f64 + 0.5) / line.len() as f64;
        }
    }
    lines.into_values().collect()
}

fn room(nodes: &[Placed], line: &[usize]) -> f64 {
    line.iter().map(|&node| nodes[node].width).sum::<f64>() + GAP * line.len().saturating_sub(1) as f64
}

/// How many panels, and how many lines in each.
#[expect(clippy::cast_sign_loss, reason = "at least one")]
fn panels(lines: usize, width: f64) -> (usize, usize) {
    let fitting = (WIDTH / width.max(1.0)).floor().max(1.0) as usize;
    let wanted = lines.div_ceil(LINES).clamp(1, fitting);
    let length = lines.div_ceil(wanted).max(1);
    (lines.div_ceil(length).max(1), length)
}
