//! Amounts as bars in tables.

use std::fmt::Display;

use super::markup::{Markup, Px};

/// A bar of a share of the whole room, and words beside it.
pub(super) fn bar(page: &mut Markup, class: &str, share: f64, words: impl Display) {
    page.within("span", &[("class", &class)], |page| {
        page.element("span", &[("style", &format_args!("width:{}%", Px(100.0 * share)))], "");
    });
    page.words(words);
}

/// What can be drawn of an amount.
pub(super) fn amount(nats: f64) -> f64 {
    if nats.is_finite() { nats.max(0.0) } else { 0.0 }
}

pub(super) fn share(part: f64, whole: f64) -> f64 {
    let (part, whole) = (amount(part), amount(whole));
    if whole > 0.0 { (part / whole).min(1.0) } else { 0.0 }
}
