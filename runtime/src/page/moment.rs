//! Points in time, for people.

use super::markup::Markup;
use super::number::age;
use super::story::Moment;

/// How long ago it was, `3 min ago`; hovering shows when.
pub(super) fn ago(page: &mut Markup, moment: &Moment) {
    page.element("time", &[("title", &moment.utc)], format_args!("{} ago", age(moment.ago)));
}

/// How long it has been, `3 min`; hovering shows since when.
pub(super) fn span(page: &mut Markup, moment: &Moment) {
    page.element("time", &[("title", &format_args!("since {}", moment.utc))], age(moment.ago));
}
