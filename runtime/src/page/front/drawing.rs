//! What the drawings of a front have in common.

use super::super::figure::Figure;
use super::super::markup::{Attributes, Markup, Way};
use crate::train::{Direction, Objective};

/// What an axis is of.
pub(super) fn label(objective: &Objective) -> String {
    let better = match objective.direction() {
        Direction::Maximize => "higher",
        Direction::Minimize => "lower",
    };
    match objective.in_unit() {
        Some(unit) => format!("{} in {unit}, {better} is better", objective.name()),
        None => format!("{}, {better} is better", objective.name()),
    }
}

pub(super) fn key(page: &mut Markup, are_exceeding: bool) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    page.within("p", &[("class", &"key")], |page| {
        for (class, words) in [("best", "on the front"), ("trial", "behind it")] {
            page.within("svg", swatch, |page| {
                page.single("circle", &[("class", &class), ("cx", &12), ("cy", &6), ("r", &4)]);
            });
            page.words(words);
        }
        if are_exceeding {
            page.within("svg", swatch, |page| {
                page.single("path", &[("class", &"exceeds"), ("d", &cross((12.0, 6.0)))]);
            });
            page.words("exceeds a limit");
        }
    });
}

/// A mark that is told apart without its colour.
pub(super) fn cross((x, y): (f64, f64)) -> Way {
    let mut way = Way::default();
    way.start((x - 3.5, y - 3.5)).line((x + 3.5, y + 3.5)).start((x - 3.5, y + 3.5)).line((x + 3.5, y - 3.5));
    way
}

pub(super) fn figure(title: &str, height: f64) -> Figure<'_> {
    Figure { title, width: 1120.0, height }
}
