//! Below the rewards: the trials that have none.

use std::collections::BTreeSet;

use super::figure::{rule, words};
use super::markup::{Markup, Way};
use super::number::short;
use super::numbers::{LEFT, Numbers, RIGHT, SPOKEN};
use super::story::{Outcome, Row};

const ROW: f64 = 22.0;
const NAMES: [&str; 4] = ["beyond", "failed", "pruned", "running"];

/// With the axis of numbers.
pub(super) fn height(trials: &[Row]) -> f64 {
    ROW * rows(trials).len() as f64 + 50.0
}

/// The lines that have a trial.
fn rows(trials: &[Row]) -> Vec<(&'static str, Vec<&Row>)> {
    let here = |row| trials.iter().filter(|trial| line(&trial.outcome) == Some(row)).collect::<Vec<&Row>>();
    NAMES.into_iter().enumerate().map(|(row, name)| (name, here(row))).filter(|(_, here)| !here.is_empty()).collect()
}

pub(super) fn draw(page: &mut Markup, trials: &[Row], numbers: &Numbers, top: f64) {
    rule(page, "frame", (LEFT, top), (RIGHT, top));
    let rows = rows(trials);
    for (row, (name, here)) in rows.iter().enumerate() {
        let y = top + ROW * (row as f64 + 0.8);
        words(page, "end quiet", (LEFT - 8.0, y + 4.0), name);
        marks(page, name, here, numbers, y);
    }
    let axis = top + ROW * rows.len() as f64 + if rows.is_empty() { 0.0 } else { 8.0 };
    rule(page, "frame", (LEFT, axis), (RIGHT, axis));
    for (number, label) in numbers.ticks() {
        rule(page, "frame", (numbers.x(number), axis), (numbers.x(number), axis + 5.0));
        words(page, "middle quiet", (numbers.x(number), axis + 19.0), &label);
    }
    words(page, "middle quiet", (LEFT.midpoint(RIGHT), axis + 36.0), "number of the trial");
}

/// In which line a trial is marked.
fn line(outcome: &Outcome) -> Option<usize> {
    match outcome {
        Outcome::Reward(_) => None,
        Outcome::Exceeds(_) => Some(0),
        Outcome::Failed(_) => Some(1),
        Outcome::Pruned(_) => Some(2),
        Outcome::Running => Some(3),
    }
}

/// A cross for a failure, a stroke for the others: not by colour alone.
fn marks(page: &mut Markup, class: &str, trials: &[&Row], numbers: &Numbers, y: f64) {
    let class = format!("strip {class}");
    if trials.len() > SPOKEN {
        let places: BTreeSet<i64> = trials.iter().map(|trial| numbers.x(trial.number).round() as i64).collect();
        let mut way = Way::default();
        for x in places {
            mark(&mut way, &trials[0].outcome, (x as f64, y));
        }
        return page.single("path", &[("class", &class), ("d", &way)]);
    }
    for trial in trials {
        let mut way = Way::default();
        mark(&mut way, &trial.outcome, (numbers.x(trial.number), y));
        page.within("path", &[("class", &class), ("d", &way)], |page| {
            page.element("title", &[], format_args!("trial {}: {}", trial.number, ending(&trial.outcome, short)));
        });
    }
}

fn mark(way: &mut Way, outcome: &Outcome, (x, y): (f64, f64)) {
    if matches!(outcome, Outcome::Failed(_) | Outcome::Exceeds(_)) {
        way.start((x - 4.0, y - 4.0)).line((x + 4.0, y + 4.0)).start((x - 4.0, y + 4.0)).line((x + 4.0, y - 4.0));
    } else {
        way.start((x, y - 5.0)).line((x, y + 5.0));
    }
}

/// How a trial ended, in words, with numbers as they are written here.
pub(super) fn ending(outcome: &Outcome, number: impl Fn(f64) -> String) -> String {
    match outcome {
        Outcome::Reward(reward) => number(*reward),
        Outcome::Exceeds(why) => beginning(why),
        Outcome::Failed(error) if error.is_empty() => "failed".to_owned(),
        Outcome::Failed(error) => format!("failed: {}", beginning(error)),
        Outcome::Pruned(Some(value)) => format!("pruned at {}", number(*value)),
        Outcome::Pruned(None) => "pruned".to_owned(),
        Outcome::Running => "running".to_owned(),
    }
}

/// Of an error that is long, what it begins with.
fn beginning(error: &str) -> String {
    const ENOUGH: usize = 240;
    match error.char_indices().nth(ENOUGH) {
        Some((end, _)) => format!("{}…", &error[..end]),
        None => error.to_owned(),
    }
}
