//! The reward of each trial, and the best so far.

use std::collections::BTreeSet;

use super::enqueued;
use super::figure::{Figure, rule, words};
use super::markup::{Attributes, Markup, Px, Way};
use super::number::{count, short};
use super::numbers::{LEFT, Numbers, RIGHT, SPOKEN};
use super::scale::Scale;
use super::story::{Outcome, Row, Story};
use super::strip;
use crate::train::Direction;

const TOP: f64 = 22.0;
const BOTTOM: f64 = 274.0;
pub(super) fn write(page: &mut Markup, story: &Story) {
    let trials = &story.trials;
    if trials.is_empty() {
        return page.element("p", &[], "There are no trials yet.");
    }
    let scale = Scale::of(story.direction, trials.iter().filter_map(Row::reward));
    page.element("p", &[], summary(trials));
    if let [first, _, ..] = &story.objectives[..] {
        let words = "The reward is the first of the objectives, ";
        page.within("p", &[], |page| {
            page.words(words);
            page.element("b", &[], first.name());
            page.words(".");
        });
    }
    key(page, story);
    let title = "The reward of each trial by its number, the best reward so far, and failed, pruned and running trials";
    Figure { title, width: 1120.0, height: BOTTOM + strip::height(trials) }.draw(page, |page| {
        let numbers = Numbers::of(trials);
        match scale {
            Some(scale) => plot(page, story, &scale, &numbers),
            None => words(page, "middle quiet", (590.0, 144.0), "No trial has a reward."),
        }
        strip::draw(page, trials, &numbers, BOTTOM);
    });
    if let Some(Scale { outliers: outliers @ 1.., .. }) = scale {
        page.element("p", &[("class", &"note")], far_away(outliers, story.direction));
    }
}

fn far_away(outliers: usize, direction: Direction) -> String {
    let verb = if outliers == 1 { "is" } else { "are" };
    let (side, edge) = match direction {
        Direction::Maximize => ("below", "lower"),
        Direction::Minimize => ("above", "upper"),
    };
    format!("{} far {side} the others {verb} drawn at the {edge} edge.", count(outliers, "trial"))
}

fn summary(trials: &[Row]) -> String {
    let ended = |is: fn(&Outcome) -> bool| trials.iter().filter(|trial| is(&trial.outcome)).count();
    let parts = [
        (ended(|outcome| matches!(outcome, Outcome::Reward(_))), "with a reward"),
        (ended(|outcome| matches!(outcome, Outcome::Exceeds(_))), "beyond a limit"),
        (ended(|outcome| matches!(outcome, Outcome::Failed(_))), "failed"),
        (ended(|outcome| matches!(outcome, Outcome::Pruned(_))), "pruned"),
        (ended(|outcome| matches!(outcome, Outcome::Running)), "running"),
    ];
    let parts: Vec<String> =
        parts.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    format!("{}: {}.", count(trials.len(), "trial"), parts.join(", "))
}

fn key(page: &mut Markup, story: &Story) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    page.within("p", &[("class", &"key")], |page| {
        page.within("svg", swatch, |page| {
            page.single("circle", &[("class", &"trial"), ("cx", &12), ("cy", &6), ("r", &4)]);
        });
        page.words("reward of a trial");
        page.within("svg", swatch, |page| page.single("path", &[("class", &"best"), ("d", &"M0 6h24")]));
        page.words(match story.direction {
            Direction::Maximize => "best so far",
            Direction::Minimize => "best so far; lower is better",
        });
        if enqueued::of(story).next().is_some() {
            page.within("svg", swatch, |page| {
                page.single("circle", &[("class", &"enqueued"), ("cx", &12), ("cy", &6), ("r", &5)]);
            });
            page.words("enqueued");
        }
    });
}

fn plot(page: &mut Markup, story: &Story, scale: &Scale, numbers: &Numbers) {
    let y = |reward: f64| BOTTOM - 6.0 - (BOTTOM - TOP - 12.0) * scale.place(reward);
    for (tick, label) in scale.ticks(5) {
        rule(page, "grid", (LEFT, y(tick)), (RIGHT, y(tick)));
        words(page, "end quiet", (LEFT - 8.0, y(tick) + 4.0), &label);
    }
    let points: Vec<Point<'_>> = story
        .trials
        .iter()
        .filter_map(|trial| Some((trial, trial.reward()?)))
        .map(|(trial, reward)| Point { trial, reward, at: (numbers.x(trial.number), y(reward)) })
        .collect();
    let best = improvements(&points, story.direction);
    if points.len() > SPOKEN {
        dots(page, &points);
    } else {
        for point in &points {
            circle(page, "trial", 3.5, point);
        }
    }
    staircase(page, &best);
    for point in &best {
        circle(page, "best", 4.0, point);
    }
    let enqueued: BTreeSet<u64> = enqueued::of(story).map(|trial| trial.number).collect();
    for point in points.iter().filter(|point| enqueued.contains(&point.trial.number)) {
        circle(page, "enqueued", 6.5, point);
    }
    if let Some(last) = best.last() {
        best_value(page, last, story.direction);
    }
}

struct Point<'a> {
    trial: &'a Row,
    reward: f64,
    at: (f64, f64),
}

/// The trials that were the best when they ended.
fn improvements<'a>(points: &'a [Point<'a>], direction: Direction) -> Vec<&'a Point<'a>> {
    let mut best: Vec<&Point<'_>> = Vec::new();
    for point in points {
        if best.last().is_none_or(|last| direction.is_better(point.reward, last.reward)) {
            best.push(point);
        }
    }
    best
}

/// One path for all; those that fall on one place are one dot.
fn dots(page: &mut Markup, points: &[Point<'_>]) {
    let places: BTreeSet<(i64, i64)> =
        points.iter().map(|point| (point.at.0.round() as i64, point.at.1.round() as i64)).collect();
    let mut way = Way::default();
    for (x, y) in places {
        way.dot((x as f64, y as f64));
    }
    page.single("path", &[("class", &"dots"), ("d", &way)]);
}

fn staircase(page: &mut Markup, best: &[&Point<'_>]) {
    let mut way = Way::default();
    let Some(first) = best.first() else { return };
    way.start(first.at);
    for pair in best.windows(2) {
        way.line((pair[1].at.0, pair[0].at.1)).line(pair[1].at);
    }
    way.line((RIGHT, best[best.len() - 1].at.1));
    page.single("path", &[("class", &"best"), ("d", &way)]);
}

/// The best reward, in the corner that its line leaves free.
fn best_value(page: &mut Markup, best: &Point<'_>, direction: Direction) {
    let (above, below) = (best.at.1 - 7.0, best.at.1 + 17.0);
    let y = if direction == Direction::Maximize || below > BOTTOM - 4.0 { above } else { below };
    words(page, "end halo top", (RIGHT, y.max(12.0)), &format!("best {}", short(best.reward)));
}

fn circle(page: &mut Markup, class: &str, radius: f64, point: &Point<'_>) {
    let (x, y) = (Px(point.at.0), Px(point.at.1));
    page.within("circle", &[("class", &class), ("cx", &x), ("cy", &y), ("r", &radius)], |page| {
        page.element("title", &[], format_args!("trial {}: {}", point.trial.number, short(point.reward)));
    });
}
