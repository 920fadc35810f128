//! Where the states of a graph stand: a line for each depth, downwards, in panels side by side where they fit.

use std::collections::BTreeMap;

use super::figure::SIZE;
use super::story::Graph;
use super::text;

/// More states are one node.
pub(super) const MOST: usize = 60;
pub(super) const HEIGHT: f64 = 24.0;
/// From one line to the next, without and with labels between.
const DOWN: [f64; 2] = [46.0, 62.0];
const GAP: f64 = 28.0;
/// Room at the left of a panel and at its right, for the edges that pass others.
const SIDES: [f64; 2] = [76.0, 120.0];
/// The most that a label takes, and the room around it.
pub(super) const LABEL: f64 = 118.0;
const BESIDE: f64 = 16.0;
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
    /// In the panel.
    pub(super) line: usize,
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
        let lines = lines(&nodes);
        for line in &lines {
            spread(&mut nodes, line, &edges);
        }
        let left = nodes.iter().map(|node| node.x - node.width / 2.0).fold(0.0, f64::min);
        let right = nodes.iter().map(|node| node.x + node.width / 2.0).fold(0.0, f64::max);
        let side = left_side(&nodes, &edges);
        let panel = right - left + side + SIDES[1];
        let (panels, length) = panels(lines.len(), panel);
        let mut height = 0.0;
        for (number, lines) in lines.chunks(length).enumerate() {
            let mut y = MARGIN + HEIGHT / 2.0;
            for (i, line) in lines.iter().enumerate() {
                y += if i == 0 { 0.0 } else { DOWN[usize::from(is_labelled(line, &edges))] };
                for &node in line {
                    let node = &mut nodes[node];
                    (node.panel, node.line, node.y) = (number, i, y);
                    node.x += panel * number as f64 + side - left;
                }
            }
            height = f64::max(height, y + HEIGHT / 2.0 + MARGIN);
        }
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
    Placed { name, depth, panel: 0, line: 0, x: 0.0, y: 0.0, width, more }
}

/// The nodes of each depth that has any.
fn lines(nodes: &[Placed]) -> Vec<Vec<usize>> {
    let mut lines: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (node, placed) in nodes.iter().enumerate() {
        lines.entry(placed.depth).or_default().push(node);
    }
    lines.into_values().collect()
}

/// Places the nodes of a line, each as near to those that lead to it as the others permit.
fn spread(nodes: &mut [Placed], line: &[usize], edges: &Edges) {
    let mut wishes: Vec<(usize, f64)> = line.iter().map(|&node| (node, wish(nodes, node, edges))).collect();
    wishes.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut free = f64::NEG_INFINITY;
    for &(node, wish) in &wishes {
        let half = nodes[node].width / 2.0;
        nodes[node].x = wish.max(free + half + loop_room(node, edges));
        free = nodes[node].x + half + GAP;
    }
    let excess: f64 = wishes.iter().map(|(node, wish)| nodes[*node].x - wish).sum();
    for (node, _) in &wishes {
        nodes[*node].x -= excess / wishes.len() as f64;
    }
}

/// What the labels of a loop take beside its state.
fn loop_room(node: usize, edges: &Edges) -> f64 {
    let loops = edges.iter().filter(|edge| (edge.0, edge.1) == (node, node));
    loops.filter_map(|edge| edge.2.as_deref()).map(label_room).fold(0.0, f64::max)
}

fn label_room(label: &str) -> f64 {
    text::width(label, SIZE).min(LABEL) + BESIDE
}

fn wish(nodes: &[Placed], node: usize, edges: &Edges) -> f64 {
    let before = edges.iter().filter(|edge| edge.1 == node && nodes[edge.0].depth < nodes[node].depth);
    let (sum, count) = before.fold((0.0, 0.0), |(sum, count), edge| (sum + nodes[edge.0].x, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// The room at the left of a panel: as much as the longest label of an edge that goes back beside its box takes.
fn left_side(nodes: &[Placed], edges: &Edges) -> f64 {
    let back = edges.iter().filter(|edge| nodes[edge.1].depth <= nodes[edge.0].depth);
    let labels = back.filter_map(|edge| edge.2.as_deref());
    labels.map(label_room).fold(SIDES[0], f64::max)
}

fn is_labelled(line: &[usize], edges: &Edges) -> bool {
    edges.iter().any(|(_, to, label)| label.is_some() && line.contains(to))
}

/// How many panels, and how many lines in each.
#[expect(clippy::cast_sign_loss, reason = "at least one")]
fn panels(lines: usize, width: f64) -> (usize, usize) {
    let fitting = (WIDTH / width.max(1.0)).floor().max(1.0) as usize;
    let wanted = lines.div_ceil(LINES).clamp(1, fitting);
    let length = lines.div_ceil(wanted).max(1);
    (lines.div_ceil(length).max(1), length)
}
