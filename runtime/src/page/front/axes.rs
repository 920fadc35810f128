//! More than two objectives: an axis for each, the better the higher, and a line for each trial.

use super::super::figure::{rule, words};
use super::super::markup::{Markup, Way};
use super::super::number::short;
use super::super::numbers::SPOKEN;
use super::super::story::Row;
use super::drawing::figure;
use super::trials::Front;

const TOP: f64 = 64.0;
const BOTTOM: f64 = 404.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 1000.0;

fn x(front: &Front<'_>, objective: usize) -> f64 {
    LEFT + (RIGHT - LEFT) * objective as f64 / (front.objectives.len() - 1) as f64
}

fn y(front: &Front<'_>, objective: usize, value: f64) -> f64 {
    let scale = &front.scales[objective];
    BOTTOM - (BOTTOM - TOP) * scale.merit(scale.place(value))
}

pub(super) fn draw(page: &mut Markup, front: &Front<'_>) {
    let title = "An axis for each objective, the better the higher, and a line for each trial";
    figure(title, BOTTOM + 24.0).draw(page, |page| {
        let behind =
            (0..front.rewarded.len()).filter(|place| !front.on.contains(place)).map(|place| front.rewarded[place]);
        page.within("g", &[("class", &"several")], |page| {
            // Of too many the latest.
            let behind: Vec<&Row> = behind.collect();
            let first = behind.len().saturating_sub(SPOKEN);
            behind[first..].iter().for_each(|row| line(page, front, row, "behind"));
            front.exceeding.iter().take(SPOKEN).for_each(|row| line(page, front, row, "exceeds"));
            front.members().for_each(|row| line(page, front, row, "on"));
        });
        for (i, objective) in front.objectives.iter().enumerate() {
            let x = x(front, i);
            rule(page, "axis", (x, TOP), (x, BOTTOM));
            words(page, "middle", (x, TOP - 32.0), objective.name());
            let (unit, word) = (objective.in_unit(), objective.direction().word());
            let about = unit.map_or_else(|| word.to_owned(), |unit| format!("{unit}, {word}"));
            words(page, "middle quiet", (x, TOP - 15.0), &about);
            for (tick, label) in front.scales[i].ticks(5) {
                rule(page, "frame", (x - 4.0, y(front, i, tick)), (x, y(front, i, tick)));
                words(page, "halo", (x + 6.0, y(front, i, tick) + 4.0), &label);
            }
        }
    });
}

fn line(page: &mut Markup, front: &Front<'_>, row: &Row, class: &str) {
    let points = row.values.iter().enumerate().map(|(i, value)| (x(front, i), y(front, i, *value)));
    let way = Way::through(points);
    page.within("path", &[("class", &class), ("d", &way)], |page| {
        let values: Vec<String> = row.values.iter().map(|value| short(*value)).collect();
        page.element("title", &[], format_args!("trial {}: {}", row.number, values.join(", ")));
    });
}
