//! Edges keep away from boxes and from each other.

use super::graph_layout::{HEIGHT, Layout};
use super::graph_routes::{Point, routes};
use super::story::{Graph, Node};
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
    for layout in [layout::<Training>(), layout::<Small>(), tangled()] {
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
    for layout in [layout::<Training>(), layout::<Small>(), tangled()] {
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
