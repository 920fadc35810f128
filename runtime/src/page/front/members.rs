//! The trials on the front, as a table.

use super::super::markup::Markup;
use super::super::number::{alike, count};
use super::super::region;
use super::super::story::Row;
use super::super::table::decisions;
use super::trials::Front;

/// More than this are not listed.
const MOST: usize = 100;

pub(super) fn write(page: &mut Markup, front: &Front<'_>) {
    let mut members: Vec<&Row> = front.members().collect();
    let sign = front.objectives[0].direction().sign();
    members.sort_by(|a, b| (sign * b.values[0]).total_cmp(&(sign * a.values[0])));
    page.element("h3", &[], "On the front");
    if members.len() > MOST {
        page.element(
            "p",
            &[("class", &"note")],
            format_args!("The best {MOST} of {} by the first objective.", count(members.len(), "trial")),
        );
        members.truncate(MOST);
    }
    let number = |place: usize| alike(members.iter().map(move |row| row.values[place]));
    let numbers: Vec<_> = (0..front.objectives.len()).map(number).collect();
    region::table(page, "The trials on the front", |page| {
        page.within("thead", &[], |page| page.within("tr", &[], |page| headings(page, front)));
        page.within("tbody", &[], |page| {
            for row in &members {
                page.within("tr", &[], |page| {
                    page.element("td", &[("class", &"number")], row.number);
                    for (value, number) in row.values.iter().zip(&numbers) {
                        page.element("td", &[("class", &"number")], number(*value));
                    }
                    page.within("td", &[("class", &"long")], |page| decisions(page, row));
                });
            }
        });
    });
}

fn headings(page: &mut Markup, front: &Front<'_>) {
    page.element("th", &[("scope", &"col"), ("class", &"number")], "Trial");
    for objective in front.objectives {
        page.element("th", &[("scope", &"col"), ("class", &"number")], objective);
    }
    page.element("th", &[("scope", &"col")], "Decisions");
}
