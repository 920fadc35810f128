//! Tables that scroll by themselves where they are wider than the page.

use super::markup::{Attributes, Markup};

/// A table in a region of its own, which the keyboard reaches; the style sheet shows where there is more of it.
pub(super) fn table(page: &mut Markup, label: &str, inside: impl FnOnce(&mut Markup)) {
    let area: Attributes<'_> = &[("class", &"table"), ("tabindex", &0), ("role", &"region"), ("aria-label", &label)];
    page.within("div", area, |page| page.within("table", &[], inside));
}
