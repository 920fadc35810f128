//! A part of the page.

use super::markup::Markup;
use super::story::Story;

/// A part of the page, which its heading names.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) heading: &'static str,
    pub(super) write: fn(&mut Markup, &Story),
    /// Whether a story has the part at all; those that all have say what is missing.
    pub(super) is_due: fn(&Story) -> bool,
}
