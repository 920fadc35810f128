//! The edges of a graph, and the actions written on them.

use super::figure::{SIZE, words};
use super::graph_layout::{HEIGHT, Layout, Placed};
use super::markup::{Markup, Way};
use super::text;

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
    let drawn: Vec<(Drawn, Option<&str>)> = layout
        .edges
        .iter()
        .map(|(from, to, label)| (edge(layout, &layout.nodes[*from], &layout.nodes[*to]), label.as_deref()))
        .collect();
    for (edge, _) in &drawn {
        page.single("path", &[("class", &"edge"), ("d", &edge.way)]);
        page.single("path", &[("class", &"tip"), ("d", &tip(edge))]);
    }
    for (edge, label) in &drawn {
        let Some(label) = label.filter(|label| !label.is_empty()) else { continue };
        page.within("g", &[], |page| {
            page.element("title", &[], label);
            words(page, "halo middle quiet", edge.label, &text::fit(label, SIZE, 118.0));
        });
    }
}

fn edge(layout: &Layout, from: &Placed, to: &Placed) -> Drawn {
    if from.panel != to.panel {
        across(layout, from, to)
    } else if to.y > from.y {
        let near = layout.nodes.iter().all(|node| node.panel != from.panel || node.y <= from.y || node.y >= to.y);
        if near { down(from, to) } else { around(from, to) }
    } else {
        back(from, to)
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

/// Past the lines between, on the right.
fn around(from: &Placed, to: &Placed) -> Drawn {
    let start = (from.x + from.width / 2.0, from.y);
    let end = (to.x + to.width / 2.0, to.y);
    let out = start.0.max(end.0) + 26.0 + (0.12 * (to.y - from.y)).min(44.0);
    let mut way = Way::default();
    way.start(start).curve((out, start.1), (out, end.1), end);
    Drawn { way, label: (out - 14.0, start.1.midpoint(end.1) + 4.0), tip: end, towards: (-1.0, 0.0) }
}

/// To the same line or an earlier one, on the left.
fn back(from: &Placed, to: &Placed) -> Drawn {
    let (start, end) = ((from.x - from.width / 2.0, from.y + 4.0), (to.x - to.width / 2.0, to.y - 4.0));
    let out = start.0.min(end.0) - 26.0 - (0.12 * (from.y - to.y)).min(44.0);
    let mut way = Way::default();
    way.start(start).curve((out, start.1 + 8.0), (out, end.1 - 8.0), end);
    Drawn { way, label: (out + 10.0, start.1.midpoint(end.1) + 4.0), tip: end, towards: (1.0, 0.0) }
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
