//! Two objectives: a point for each trial, and the steps of the front.

use std::collections::BTreeSet;

use super::super::figure::{rule, words};
use super::super::markup::{Markup, Px, Way};
use super::super::number::short;
use super::super::numbers::{LEFT, RIGHT, SPOKEN};
use super::super::scale::Scale;
use super::super::story::{Outcome, Row};
use super::drawing::{cross, figure, label};
use super::trials::Front;

const TOP: f64 = 34.0;
const BOTTOM: f64 = 414.0;
/// Between the frame and what is in it.
const INSIDE: f64 = 10.0;

/// Where values are drawn: the first objective upwards, the second one to the right.
struct Places<'a> {
    up: &'a Scale,
    right: &'a Scale,
}

impl Places<'_> {
    fn of(&self, values: &[f64]) -> (f64, f64) {
        (self.x(values[1]), self.y(values[0]))
    }

    fn x(&self, value: f64) -> f64 {
        LEFT + INSIDE + (RIGHT - LEFT - 2.0 * INSIDE) * self.right.place(value)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - INSIDE - (BOTTOM - TOP - 2.0 * INSIDE) * self.up.place(value)
    }
}

pub(super) fn draw(page: &mut Markup, front: &Front<'_>, (up, right): (&Scale, &Scale)) {
    let places = Places { up, right };
    let title = format!(
        "{} and {} of each trial, and the steps of the front",
        front.objectives[0].name(),
        front.objectives[1].name()
    );
    figure(&title, BOTTOM + 46.0).draw(page, |page| {
        axes(page, front, &places);
        let behind: Vec<&Row> = (0..front.rewarded.len())
            .filter(|place| !front.on.contains(place))
            .map(|place| front.rewarded[place])
            .collect();
        crosses(page, &front.exceeding, &places);
        points(page, front, &behind, &places);
        page.single("path", &[("class", &"best"), ("d", &steps(front, &places))]);
        for row in front.members() {
            circle(page, "best", 4.5, front, row, &places);
        }
    });
}

fn axes(page: &mut Markup, front: &Front<'_>, places: &Places<'_>) {
    for (tick, label) in places.up.ticks(6) {
        rule(page, "grid", (LEFT, places.y(tick)), (RIGHT, places.y(tick)));
        words(page, "end quiet", (LEFT - 8.0, places.y(tick) + 4.0), &label);
    }
    for (tick, label) in places.right.ticks(8) {
        rule(page, "grid", (places.x(tick), TOP), (places.x(tick), BOTTOM));
        words(page, "middle quiet", (places.x(tick), BOTTOM + 18.0), &label);
    }
    rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    rule(page, "frame", (LEFT, TOP), (LEFT, BOTTOM));
    words(page, "quiet", (LEFT - 60.0, TOP - 14.0), &label(&front.objectives[0]));
    words(page, "middle quiet", (LEFT.midpoint(RIGHT), BOTTOM + 38.0), &label(&front.objectives[1]));
}

/// Those that are many are dots without a word about each.
fn points(page: &mut Markup, front: &Front<'_>, behind: &[&Row], places: &Places<'_>) {
    if behind.len() <= SPOKEN {
        return behind.iter().for_each(|row| circle(page, "trial", 3.5, front, row, places));
    }
    let round = |(x, y): (f64, f64)| (x.round() as i64, y.round() as i64);
    let dots: BTreeSet<(i64, i64)> = behind.iter().map(|row| round(places.of(&row.values))).collect();
    let mut way = Way::default();
    for (x, y) in dots {
        way.dot((x as f64, y as f64));
    }
    page.single("path", &[("class", &"dots"), ("d", &way)]);
}

fn crosses(page: &mut Markup, exceeding: &[&Row], places: &Places<'_>) {
    for row in exceeding.iter().take(SPOKEN) {
        let why = if let Outcome::Exceeds(why) = &row.outcome { why.as_str() } else { "" };
        page.within("path", &[("class", &"exceeds"), ("d", &cross(places.of(&row.values)))], |page| {
            page.element("title", &[], format_args!("trial {}: {why}", row.number));
        });
    }
}

fn circle(page: &mut Markup, class: &str, radius: f64, front: &Front<'_>, row: &Row, places: &Places<'_>) {
    let (x, y) = places.of(&row.values);
    let [x, y] = [Px(x), Px(y)];
    page.within("circle", &[("class", &class), ("cx", &x), ("cy", &y), ("r", &radius)], |page| {
        let values = front.objectives.iter().zip(&row.values);
        let values: Vec<String> = values.map(|(it, value)| format!("{} {}", it.name(), short(*value))).collect();
        page.element("title", &[], format_args!("trial {}: {}", row.number, values.join(", ")));
    });
}

/// The edge of what the front dominates: from one member to the next by the corner that both dominate, and on to the frame.
fn steps(front: &Front<'_>, places: &Places<'_>) -> Way {
    let mut members: Vec<&[f64]> = front.members().map(|row| &row.values[..]).collect();
    let worse = |objective: usize, a: f64, b: f64| {
        if front.objectives[objective].direction().is_better(a, b) { b } else { a }
    };
    // From the best by the second objective on.
    let sign = front.objectives[1].direction().sign();
    members.sort_by(|a, b| (sign * b[1]).total_cmp(&(sign * a[1])));
    let (Some(first), Some(last)) = (members.first(), members.last()) else { return Way::default() };
    let down = if front.objectives[0].direction().sign() > 0.0 { BOTTOM } else { TOP };
    let beyond = if sign > 0.0 { LEFT } else { RIGHT };
    let mut way = Way::default();
    way.start((places.x(first[1]), down)).line(places.of(first));
    for two in members.windows(2) {
        let corner = [worse(0, two[0][0], two[1][0]), worse(1, two[0][1], two[1][1])];
        way.line(places.of(&corner)).line(places.of(two[1]));
    }
    way.line((beyond, places.y(last[0])));
    way
}
