//! What drawings have in common.

use super::markup::{Attributes, Markup, Px};
use super::text;

/// A drawing: its title, and its size in its own units.
#[derive(Debug, Clone, Copy)]
pub(super) struct Figure<'a> {
    pub(super) title: &'a str,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// How many colours tell rewards apart; `style` has a rule for each.
pub(super) const LEVELS: usize = 16;
/// The size of names in drawings.
pub(super) const SIZE: f64 = 12.0;

impl Figure<'_> {
    /// On narrow screens the drawing stays large enough to be read, and is scrolled.
    pub(super) fn draw(&self, page: &mut Markup, inside: impl FnOnce(&mut Markup)) {
        let [width, height] = [Px(self.width), Px(self.height)];
        let view = format!("0 0 {width} {height}");
        let style = format!("width:{width}px;min-width:{}px", Px(0.8 * self.width));
        let area: Attributes<'_> =
            &[("class", &"plot"), ("tabindex", &0), ("role", &"region"), ("aria-label", &self.title)];
        page.within("div", area, |page| {
            page.within("svg", &[("role", &"img"), ("viewBox", &view), ("style", &style)], |page| {
                page.element("title", &[], self.title);
                inside(page);
            });
        });
    }
}

/// The class that colours a place between 0 and 1.
#[expect(clippy::cast_sign_loss, reason = "clamped")]
pub(super) fn level(place: f64) -> String {
    format!("l{}", (place.clamp(0.0, 1.0) * (LEVELS - 1) as f64).round() as usize)
}

/// The class that colours a reward's place: the best, which matter most, are told apart best.
pub(super) fn tint(place: f64) -> String {
    level(place * place)
}

/// An action, cut to the room there is; hovering shows all of it.
pub(super) fn action(page: &mut Markup, class: &str, at: (f64, f64), label: &str, room: f64) {
    cut(page, class, at, label, &text::fit(label, SIZE, room));
}

/// A state, of whose name the end is shown where there is no room for all.
pub(super) fn state(page: &mut Markup, class: &str, at: (f64, f64), name: &str, room: f64) {
    cut(page, class, at, name, &text::fit_end(name, SIZE, room));
}

fn cut(page: &mut Markup, class: &str, (x, y): (f64, f64), whole: &str, shown: &str) {
    page.within("text", &[("class", &class), ("x", &Px(x)), ("y", &Px(y))], |page| {
        page.words(shown);
        if shown != whole {
            page.element("title", &[], whole);
        }
    });
}

/// Words of ours.
pub(super) fn words(page: &mut Markup, class: &str, (x, y): (f64, f64), words: &str) {
    page.element("text", &[("class", &class), ("x", &Px(x)), ("y", &Px(y))], words);
}

pub(super) fn rule(page: &mut Markup, class: &str, from: (f64, f64), to: (f64, f64)) {
    let ends: [Px; 4] = [from.0, from.1, to.0, to.1].map(Px);
    page.single("line", &[("class", &class), ("x1", &ends[0]), ("y1", &ends[1]), ("x2", &ends[2]), ("y2", &ends[3])]);
}
