//! The edges of a graph, and the actions written on them.

use super::figure;
use super::graph_layout::{HEIGHT, Layout, Placed};
use super::markup::{Markup, Way};

type Point = (f64, f64);

/// An edge as it is drawn: its way, the place of its label, and how its tip points.
struct Drawn {
    way: Way,
    label: Point,
    tip: Point,
    towards: Point,
}

/// All edges, and then the labels, so that no edge crosses a label.
pub(super) fn draw(page: &mut Markup, layout: &Layout) {
    let mut tracks = Tracks::default();
    let mut drawn: Vec<(Drawn, Option<&str>)> = Vec::new();
    for (from, to, label) in &layout.edges {
        let edge = edge(layout, &mut tracks, &layout.nodes[*from], &layout.nodes[*to]);
        drawn.push((edge, label.as_deref()));
    }
    for (edge, _) in &drawn {
        page.single("path", &[("class", &"edge"), ("d", &edge.way)]);
        page.single("path", &[("class", &"tip"), ("d", &tip(edge))]);
    }
    for (edge, label) in &drawn {
        let Some(label) = label.filter(|label| !label.is_empty()) else { continue };
        figure::action(page, "halo middle quiet", edge.label, label, 118.0);
    }
}

fn edge(layout: &Layout, tracks: &mut Tracks, from: &Placed, to: &Placed) -> Drawn {
    if from.panel != to.panel {
        return across(layout, from, to);
    }
    let between = |node: &&Placed| node.panel == from.panel && node.y > from.y.min(to.y) && node.y < from.y.max(to.y);
    let passed: Vec<&Placed> = layout.nodes.iter().filter(between).chain([from, to]).collect();
    if to.y <= from.y {
        let left = passed.iter().map(|node| node.x - node.width / 2.0).fold(f64::MAX, f64::min);
        beside(from, to, -1.0, tracks.find(left, (to.y, from.y), -1.0))
    } else if passed.len() > 2 {
        let right = passed.iter().map(|node| node.x + node.width / 2.0).fold(f64::MIN, f64::max);
        beside(from, to, 1.0, tracks.find(right, (from.y, to.y), 1.0))
    } else {
        down(from, to)
    }
}

/// Where edges already run up and down: the place, and from where to where.
#[derive(Default)]
struct Tracks(Vec<(f64, (f64, f64))>);

impl Tracks {
    /// A free place beside what lies at `edge`, to the right where `side` is 1 and to the left where it is -1.
    fn find(&mut self, edge: f64, (top, bottom): (f64, f64), side: f64) -> f64 {
        const APART: f64 = 20.0;
        let mut x = edge + side * APART;
        let is_taken =
            |x: f64, (at, (from, to)): &(f64, (f64, f64))| (at - x).abs() < APART && *from < bottom && top < *to;
        while self.0.iter().any(|track| is_taken(x, track)) {
            x += side * APART;
        }
        self.0.push((x, (top, bottom)));
        x
    }
}

/// To the next line.
fn down(from: &Placed, to: &Placed) -> Drawn {
    let (start, end) = ((from.x, from.y + HEIGHT / 2.0), (to.x, to.y - HEIGHT / 2.0));
    let middle = start.1.midpoint(end.1);
    let mut way = Way::default();
    way.start(start).curve((start.0, middle), (end.0, middle), end);
    Drawn { way, label: (start.0.midpoint(end.0), middle + 4.0), tip: end, towards: (0.0, 1.0) }
}

/// Past the lines between, on the right; to the same line or an earlier one on the left.
fn beside(from: &Placed, to: &Placed, side: f64, x: f64) -> Drawn {
    // Arrows that leave and arrive on one side of one box do not meet.
    let (start, end) = ((from.x + side * from.width / 2.0, from.y + 4.0), (to.x + side * to.width / 2.0, to.y - 4.0));
    let round = 10.0 * (end.1 - start.1).signum();
    let mut way = Way::default();
    way.start(start).line((x - 10.0 * side, start.1)).curve((x, start.1), (x, start.1), (x, start.1 + round));
    way.line((x, end.1 - round)).curve((x, end.1), (x, end.1), (x - 10.0 * side, end.1)).line(end);
    Drawn { way, label: (x, start.1.midpoint(end.1) + 4.0), tip: end, towards: (-side, 0.0) }
}

/// To another panel: below the one, up between the two, and into the other from above.
fn across(layout: &Layout, from: &Placed, to: &Placed) -> Drawn {
    let start = (from.x, from.y + HEIGHT / 2.0);
    let end = (to.x, to.y - HEIGHT / 2.0);
    let gutter = layout.panel * to.panel.max(1) as f64;
    let (low, high) = (start.1 + 14.0, end.1 - 14.0);
    let mut way = Way::default();
    way.start(start).line((start.0, low)).line((gutter, low)).line((gutter, high)).line((end.0, high)).line(end);
    Drawn { way, label: (gutter, low.midpoint(high)), tip: end, towards: (0.0, 1.0) }
}

fn tip(Drawn { tip: (x, y), towards: (right, down), .. }: &Drawn) -> Way {
    let (back, wide) = (7.0, 3.5);
    let mut way = Way::default();
    way.start((*x, *y))
        .line((x - back * right - wide * down, y - back * down - wide * right))
        .line((x - back * right + wide * down, y - back * down + wide * right))
        .line((*x, *y));
    way
}
