//! The ways of the edges: out of a box at its bottom, into a box from above, and past all others.

use super::figure::SIZE;
use super::graph_layout::{HEIGHT, LABEL, Layout, Placed};
use super::graph_tracks::Tracks;
use super::markup::Way;
use super::text;

pub(super) type Point = (f64, f64);

/// Between two lines there is at least so much room.
const BETWEEN: f64 = 22.0;

/// An edge as it is drawn: its way, the place of its label, and where its tip is.
pub(super) struct Route<'a> {
    pub(super) way: Way,
    pub(super) label: Option<&'a str>,
    pub(super) middle: Point,
    pub(super) tip: Point,
}

/// A way, the place of a label, and that of the tip.
type Drawn = (Way, Point, Point);

/// The ways of all edges. The shortest are the first to choose their place.
pub(super) fn routes(layout: &Layout) -> Vec<Route<'_>> {
    let mut tracks = Tracks::new(&layout.nodes, layout.width);
    let ends = |edge: &(usize, usize, Option<String>)| (&layout.nodes[edge.0], &layout.nodes[edge.1]);
    let mut edges: Vec<_> = layout.edges.iter().collect();
    let length = |(from, to): (&Placed, &Placed)| (from.x - to.x).abs().max((from.y - to.y).abs());
    edges.sort_by(|a, b| length(ends(a)).total_cmp(&length(ends(b))));
    let mut rail = 0;
    let mut route = |edge| {
        let (from, to) = ends(edge);
        let label = edge.2.as_deref().filter(|label| !label.is_empty());
        let half = label.map_or(0.0, |label| text::width(label, SIZE).min(LABEL) / 2.0);
        let (way, middle, tip) = if from.panel != to.panel {
            rail += 1;
            across(layout, &mut tracks, (from, to), half, f64::from(rail % 3))
        } else if to.y <= from.y {
            back(&mut tracks, from, to, half)
        } else if to.line > from.line + 1 {
            past(&mut tracks, from, to, half)
        } else {
            down(from, to)
        };
        Route { way, label, middle, tip }
    };
    edges.into_iter().map(&mut route).collect()
}

fn top(node: &Placed) -> Point {
    (node.x, node.y - HEIGHT / 2.0)
}

fn bottom(node: &Placed) -> Point {
    (node.x, node.y + HEIGHT / 2.0)
}

/// Downwards, at first and at last straight down.
fn fall(way: &mut Way, start: Point, end: Point) {
    let middle = start.1.midpoint(end.1);
    way.curve((start.0, middle), (end.0, middle), end);
}

/// To the next line.
fn down(from: &Placed, to: &Placed) -> Drawn {
    let (start, end) = (bottom(from), top(to));
    let mut way = Way::default();
    way.start(start);
    fall(&mut way, start, end);
    (way, (start.0.midpoint(end.0), start.1.midpoint(end.1)), end)
}

/// Past the lines between.
fn past(tracks: &mut Tracks<'_>, from: &Placed, to: &Placed, half: f64) -> Drawn {
    let (start, end) = (bottom(from), top(to));
    let x = tracks.find((start.0, end.0), (start.1, end.1), half);
    let (first, last) = ((x, start.1 + BETWEEN), (x, end.1 - BETWEEN));
    let mut way = Way::default();
    way.start(start);
    fall(&mut way, start, first);
    way.line(last);
    fall(&mut way, last, end);
    (way, (x, first.1.midpoint(last.1)), end)
}

/// To the same line or an earlier one: down, up beside what lies between, and down again.
fn back(tracks: &mut Tracks<'_>, from: &Placed, to: &Placed, half: f64) -> Drawn {
    const TURN: f64 = 14.0;
    let left = f64::min(from.x - from.width / 2.0, to.x - to.width / 2.0);
    let (start, end) = (bottom(from), top(to));
    let x = tracks.find((left, left), (start.1, end.1), half);
    let beside = |node: &Placed| node.x + (node.width / 2.0 - 10.0) * (x - node.x).signum();
    let (start, tip) = ((beside(from), start.1), (beside(to), end.1));
    let mut way = Way::default();
    way.start(start).curve((start.0, start.1 + TURN), (x, start.1 + TURN), (x, start.1)).line((x, end.1));
    way.curve((x, end.1 - TURN), (tip.0, end.1 - TURN), tip);
    (way, (x, start.1.midpoint(end.1)), tip)
}

/// To another panel: between panels up or down, and above all lines past the panels between.
fn across(layout: &Layout, tracks: &mut Tracks<'_>, (from, to): (&Placed, &Placed), half: f64, rail: f64) -> Drawn {
    let (start, end) = (bottom(from), top(to));
    let (low, high, above) = (start.1 + 8.0 + 4.0 * rail, end.1 - 16.0 + 4.0 * rail, 4.0 + 4.0 * rail);
    let forwards = from.panel < to.panel;
    let gutter = |panel: usize, leaves: bool| layout.panel * (panel + usize::from(leaves == forwards)) as f64;
    let (near, far) = (gutter(from.panel, true), gutter(to.panel, false));
    let mut way = Way::default();
    way.start(start).line((start.0, low));
    let (x, heights) = if from.panel.abs_diff(to.panel) == 1 {
        (tracks.find((near, near), (low, high), half), (low, high))
    } else {
        let x = tracks.find((near, near), (low, above), 0.0);
        way.line((x, low)).line((x, above));
        (tracks.find((far, far), (above, high), half), (above, high))
    };
    way.line((x, heights.0)).line((x, heights.1)).line((end.0, high)).line(end);
    (way, (x, heights.0.midpoint(heights.1)), end)
}
