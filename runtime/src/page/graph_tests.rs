//! Edges keep away from boxes and from each other.

use super::graph_layout::{HEIGHT, LABEL, Layout};
use super::graph_routes::{Point, routes};
use super::story::{Graph, Node};
use super::synthetic_graph::loops;
use super::synthetic_space::Training;
use crate::search_space;
use crate::space::{JointGraph, SearchSpace};

#[search_space]
struct Small {
    optimizer: Optimizer,
    learning_rate: bool,
    #[space(choices = [8, 16], len = 1..=3)]
    layers: Vec<u32>,
    weight_decay: Option<bool>,
    batch: bool,
}

#[search_space]
enum Optimizer {
    Plain { momentum: bool, nesterov: bool },
    Adam { beta2: bool },
    RmsProp { decay: bool, centered: bool },
}

fn layout<T: SearchSpace>() -> Layout {
    Layout::new(&(&JointGraph::new(&[("", T::space())])).into())
}

/// Many skips and ways back, in several panels.
fn tangled() -> Layout {
    let nodes = (0..50).map(|i| Node { name: format!("state{i}"), depth: i / 2 }).collect();
    let edges = (0..50).flat_map(|i| [(i, (i * 7 + 2) % 50, None), (i, (i + 5) % 50, Some("label".to_owned()))]);
    Layout::new(&Graph { nodes, edges: edges.collect() })
}

/// Points along a way, from piece to piece of it.
fn pieces(way: &str) -> Vec<Vec<Point>> {
    let way = ["M", "L", "C"].iter().fold(way.to_owned(), |way, letter| way.replace(letter, &format!("\n{letter}")));
    let mut pen = (0.0, 0.0);
    let mut pieces = Vec::new();
    for piece in way.lines().filter(|piece| !piece.is_empty()) {
        let numbers: Vec<f64> = piece[1..].split(' ').map(|number| number.parse().unwrap()).collect();
        let points: Vec<Point> = numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect();
        if !piece.starts_with('M') {
            pieces.push((0..=100).map(|i| on_curve(pen, &points, f64::from(i) / 100.0)).collect());
        }
        pen = points[points.len() - 1];
    }
    pieces
}

fn on_curve(start: Point, points: &[Point], t: f64) -> Point {
    let all = [&[start], points].concat();
    let mut line = all;
    while line.len() > 1 {
        line = line.windows(2).map(|p| (p[0].0 + t * (p[1].0 - p[0].0), p[0].1 + t * (p[1].1 - p[0].1))).collect();
    }
    line[0]
}

#[test]
fn no_edge_crosses_a_box() {
    for layout in [layout::<Training>(), layout::<Small>(), tangled(), looped()] {
        for route in routes(&layout) {
            for (x, y) in pieces(&route.way.to_string()).concat() {
                let crossed = layout.nodes.iter().find(|node| {
                    (x - node.x).abs() < node.width / 2.0 - 0.2 && (y - node.y).abs() < HEIGHT / 2.0 - 0.2
                });
                assert!(crossed.is_none(), "{} crosses {:?}", route.way, crossed.map(|node| &node.name));
            }
        }
    }
}

#[test]
fn edges_that_go_around_have_lanes_of_their_own() {
    for layout in [layout::<Training>(), layout::<Small>(), tangled(), looped()] {
        let mut lanes: Vec<(f64, f64, f64)> = Vec::new();
        for route in routes(&layout) {
            let pieces = pieces(&route.way.to_string());
            let upright = pieces.iter().map(|piece| (piece[0], piece[100])).filter(|(a, b)| (a.0 - b.0).abs() < 1e-9);
            let long = upright.filter(|(a, b)| (a.1 - b.1).abs() > 17.0 && pieces.len() > 1);
            lanes.extend(long.map(|(a, b)| (a.0, a.1.min(b.1), a.1.max(b.1))));
        }
        for (i, a) in lanes.iter().enumerate() {
            for b in &lanes[i + 1..] {
                let apart = (a.0 - b.0).abs() > 9.0 || a.2 <= b.1 || b.2 <= a.1;
                assert!(apart, "{a:?} and {b:?}");
            }
        }
    }
}

/// A start state that can follow itself, and two states side by side of which each can.
fn looped() -> Layout {
    Layout::new(&loops())
}

#[test]
fn a_state_that_can_follow_itself_has_a_loop_beside_its_box() {
    let layout = looped();
    let loops: Vec<_> = layout.edges.iter().filter(|edge| edge.0 == edge.1).collect();
    let routes = routes(&layout);
    for (node, _, label) in loops {
        let node = &layout.nodes[*node];
        let (top, bottom) = (node.y - HEIGHT / 2.0, node.y + HEIGHT / 2.0);
        let is_in = |x: f64| (x - node.x).abs() < node.width / 2.0;
        let is_loop = |way: &str| {
            let points = pieces(way).concat();
            let (first, last) = (points[0], points[points.len() - 1]);
            is_in(first.0) && (first.1 - bottom).abs() < 0.1 && is_in(last.0) && (last.1 - top).abs() < 0.1
        };
        let route = routes.iter().find(|route| is_loop(&route.way.to_string())).expect("a loop");
        assert_eq!(route.label, label.as_deref());
        // Its label is beside the box, its tip points down, and nothing of it leaves the drawing.
        let half = label.as_ref().map_or(0.0, |label| super::text::width(label, super::figure::SIZE).min(LABEL) / 2.0);
        assert!((route.middle.0 - node.x).abs() > node.width / 2.0 + half, "{:?}", route.middle);
        assert!(route.middle.0 - half >= 0.0 && route.middle.0 + half <= layout.width);
        let points = pieces(&route.way.to_string()).concat();
        assert!(points[points.len() - 2].1 < route.tip.1);
        // No other state stands within it.
        let left = points.iter().map(|point| point.0).fold(f64::INFINITY, f64::min);
        let others = layout.nodes.iter().filter(|other| other.name != node.name && (other.y - node.y).abs() < HEIGHT);
        others.for_each(|other| assert!(other.x < left || other.x > node.x, "{} is in the loop", other.name));
        assert!(points.iter().all(|(x, y)| (0.0..layout.width).contains(x) && (0.0..layout.height).contains(y)));
    }
}
