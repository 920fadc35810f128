//! The edges of a graph, and the actions written on them.

use super::figure;
use super::graph_layout::{LABEL, Layout};
use super::graph_routes::{Point, routes};
use super::markup::{Markup, Way};

/// All edges, and then the labels, so that no edge crosses a label.
pub(super) fn draw(page: &mut Markup, layout: &Layout) {
    let routes = routes(layout);
    for route in &routes {
        page.single("path", &[("class", &"edge"), ("d", &route.way)]);
        page.single("path", &[("class", &"tip"), ("d", &tip(route.tip))]);
    }
    for route in &routes {
        let Some(label) = route.label else { continue };
        let (x, y) = route.middle;
        figure::action(page, "halo middle quiet", (x, y + 4.0), label, LABEL);
    }
}

/// All edges arrive from above.
fn tip((x, y): Point) -> Way {
    let mut way = Way::default();
    way.start((x, y)).line((x - 3.5, y - 7.0)).line((x + 3.5, y - 7.0)).line((x, y));
    way
}
