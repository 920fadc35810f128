//! What trials reported step by step while they ran.

use std::collections::{BTreeMap, BTreeSet};

use super::chosen::best_first;
use super::figure::{Figure, rule, words};
use super::markup::{Attributes, Markup, Px, Way};
use super::number::{count, short};
use super::numbers::{LEFT, RIGHT};
use super::scale::Scale;
use super::story::{Curve, Outcome, Row, Story};
use super::strip::ending;
use crate::train::Direction;

/// So many of the best, of the latest and of the running trials are drawn.
const MOST: usize = 30;
/// So many points of a curve are drawn.
const POINTS: usize = 200;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 294.0;

pub(super) fn write(page: &mut Markup, story: &Story) {
    let lines = Lines::of(story);
    let points = || lines.drawn.iter().flat_map(|line| line.points.iter());
    let scales = (
        Scale::of(Direction::Maximize, points().map(|point| point.0)),
        Scale::of(story.direction, points().map(|point| point.1)),
    );
    let (Some(steps), Some(values)) = scales else {
        return page.element("p", &[], "No trial reported a value while it ran.");
    };
    page.element("p", &[], "A line joins the values that a trial reported while it ran.");
    key(page, lines.drawn.iter().any(|line| line.class == RUNNING));
    let title = "The values that trials reported, by step";
    Figure { title, width: 1120.0, height: BOTTOM + 50.0 }.draw(page, |page| {
        let at = |(step, value): (f64, f64)| (x(&steps, step), y(&values, value));
        axes(page, &steps, &values);
        page.within("g", &[("class", &"curves")], |page| lines.drawn.iter().for_each(|line| draw(page, line, at)));
        lines.drawn.iter().filter(|line| line.class == RUNNING).for_each(|line| head(page, line, at));
    });
    page.element("p", &[("class", &"note")], lines.note());
}

/// The curves that are drawn, the best trial last.
struct Lines<'a> {
    drawn: Vec<Line<'a>>,
    /// How many trials reported.
    of: usize,
}

struct Line<'a> {
    trial: &'a Row,
    class: &'static str,
    points: Vec<(f64, f64)>,
}

impl<'a> Lines<'a> {
    fn of(story: &'a Story) -> Self {
        let curves: BTreeMap<u64, Vec<(f64, f64)>> =
            story.curves.iter().map(|curve| (curve.trial, finite(curve))).filter(|curve| !curve.1.is_empty()).collect();
        let reported = |trial: &&Row| curves.contains_key(&trial.number);
        let best = best_first(story).into_iter().map(|(trial, _)| trial);
        let top = best.clone().next().map(|trial| trial.number);
        let mut trials: Vec<&Row> = story.trials.iter().filter(reported).collect();
        let of = trials.len();
        trials.sort_by_key(|trial| trial.number);
        let latest = trials.iter().rev().take(MOST).map(|trial| trial.number);
        let running = trials.iter().rev().filter(|trial| trial.is_running()).take(MOST).map(|trial| trial.number);
        let best = best.filter(reported).take(MOST).map(|trial| trial.number);
        let chosen: BTreeSet<u64> = best.chain(latest).chain(running).collect();
        trials.retain(|trial| chosen.contains(&trial.number));
        let line = |trial: &'a Row| Line {
            trial,
            class: if top == Some(trial.number) { "top" } else { class(&trial.outcome) },
            points: thinned(&curves[&trial.number], POINTS),
        };
        let mut drawn: Vec<Line<'_>> = trials.into_iter().map(line).collect();
        drawn.sort_by_key(|line| ["given-up", "whole", RUNNING, "top"].iter().position(|class| *class == line.class));
        Self { drawn, of }
    }

    fn note(&self) -> String {
        if self.drawn.len() == self.of {
            return format!("{} reported values; the curves of all are drawn.", count(self.of, "trial"));
        }
        format!(
            "Of {} trials that reported values, {} are drawn: the best, at most {MOST}, and the latest {MOST}, and those that run.",
            self.of,
            self.drawn.len()
        )
    }
}

const RUNNING: &str = "running";

fn class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pruned(_) | Outcome::Failed(_) => "given-up",
        Outcome::Reward(_) | Outcome::Exceeds(_) => "whole",
        Outcome::Running => RUNNING,
    }
}

/// The points that can be drawn.
pub(super) fn finite(curve: &Curve) -> Vec<(f64, f64)> {
    let points = curve.points.iter().map(|(step, value)| (*step as f64, *value));
    points.filter(|(_, value)| value.is_finite()).collect()
}

/// All points, or of many an even sample with both ends.
pub(super) fn thinned(points: &[(f64, f64)], most: usize) -> Vec<(f64, f64)> {
    if points.len() <= most {
        return points.to_vec();
    }
    (0..most).map(|i| points[i * (points.len() - 1) / (most - 1)]).collect()
}

fn x(steps: &Scale, step: f64) -> f64 {
    LEFT + 8.0 + (RIGHT - LEFT - 16.0) * steps.place(step)
}

fn y(values: &Scale, value: f64) -> f64 {
    BOTTOM - 6.0 - (BOTTOM - TOP - 12.0) * values.place(value)
}

fn axes(page: &mut Markup, steps: &Scale, values: &Scale) {
    for (tick, label) in values.ticks(5) {
        rule(page, "grid", (LEFT, y(values, tick)), (RIGHT, y(values, tick)));
        words(page, "end quiet", (LEFT - 8.0, y(values, tick) + 4.0), &label);
    }
    rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
    for (tick, label) in steps.ticks(8).into_iter().filter(|(tick, _)| tick.fract() == 0.0) {
        let x = x(steps, tick);
        rule(page, "frame", (x, BOTTOM), (x, BOTTOM + 5.0));
        let label = if label.contains('.') { short(tick) } else { label };
        words(page, "middle quiet", (x, BOTTOM + 19.0), &label);
    }
    words(page, "middle quiet", (LEFT.midpoint(RIGHT), BOTTOM + 36.0), "step");
}

fn draw(page: &mut Markup, line: &Line<'_>, at: impl Fn((f64, f64)) -> (f64, f64)) {
    let way = Way::through(line.points.iter().map(|point| at(*point)));
    if way.is_empty() {
        return;
    }
    page.within("path", &[("class", &line.class), ("d", &way)], |page| {
        page.element("title", &[], format_args!("trial {}: {}", line.trial.number, ending(&line.trial.outcome, short)));
    });
}

/// Where a trial that runs is now: so it is told apart, and not by its line alone.
fn head(page: &mut Markup, line: &Line<'_>, at: impl Fn((f64, f64)) -> (f64, f64)) {
    if let Some((x, y)) = line.points.last().map(|point| at(*point)) {
        page.single("circle", &[("class", &"head"), ("cx", &Px(x)), ("cy", &Px(y)), ("r", &Px(3.5))]);
    }
}

fn key(page: &mut Markup, has_running: bool) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    let kinds =
        [("whole", "a trial"), (RUNNING, "running"), ("given-up", "pruned or failed"), ("top", "the best trial")];
    page.within("p", &[("class", &"key curves")], |page| {
        for (class, what) in kinds.into_iter().filter(|(class, _)| has_running || *class != RUNNING) {
            page.within("svg", swatch, |page| {
                page.single("path", &[("class", &class), ("d", &"M0 6h24")]);
                if class == RUNNING {
                    page.single("circle", &[("class", &"head"), ("cx", &20), ("cy", &6), ("r", &3.5)]);
                }
            });
            page.words(what);
        }
    });
}
