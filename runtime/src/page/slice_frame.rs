//! Where things stand in the small drawings that have a decision's actions along their lower edge and rewards upwards.

use super::figure::{rule, words};
use super::markup::{Markup, Px};
use super::scale::Scale;

pub(super) const WIDTH: f64 = 352.0;
pub(super) const LEFT: f64 = 72.0;
pub(super) const RIGHT: f64 = WIDTH - 6.0;
const TOP: f64 = 28.0;
pub(super) const BOTTOM: f64 = 142.0;

pub(super) fn y(scale: &Scale, reward: f64) -> f64 {
    BOTTOM - 6.0 - (BOTTOM - TOP - 12.0) * scale.place(reward)
}

/// A line for each tick, and the ticks.
pub(super) fn grid(page: &mut Markup, scale: &Scale) {
    for (tick, label) in scale.ticks(4) {
        rule(page, "grid", (LEFT, y(scale, tick)), (RIGHT, y(scale, tick)));
        words(page, "end quiet", (LEFT - 8.0, y(scale, tick) + 4.0), &label);
    }
}

pub(super) fn circle(
    page: &mut Markup,
    class: &str,
    (x, y): (f64, f64),
    radius: f64,
    inside: impl FnOnce(&mut Markup),
) {
    page.within("circle", &[("class", &class), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &Px(radius))], inside);
}
