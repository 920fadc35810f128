//! How much the front was worth after each trial.

use super::super::figure::{rule, words};
use super::super::markup::{Markup, Way};
use super::super::number::short;
use super::super::numbers::{LEFT, Numbers, RIGHT};
use super::super::scale::Scale;
use super::drawing::figure;
use super::trials::Front;
use crate::train::{Direction, Objective, hypervolume, pareto_front};

const TOP: f64 = 14.0;
const BOTTOM: f64 = 194.0;
/// The volume is computed at so many trials at most, and so many steps are spent on all of them.
const STOPS: usize = 300;
const STEPS: f64 = 3e7;
/// With fewer stops the drawing would say little.
const FEW: usize = 10;

pub(super) fn write(page: &mut Markup, front: &Front<'_>) {
    let (Some(reference), true) = (reference(front), front.rewarded.len() > 1) else { return };
    let stops = stops(front);
    if stops < FEW {
        return;
    }
    let growth = growth(front, &reference, stops);
    let Some(scale) = Scale::of(Direction::Maximize, [0.0].into_iter().chain(growth.iter().map(|(_, volume)| *volume)))
    else {
        return;
    };
    page.element("h3", &[], "How the front grew");
    page.element("p", &[], words_of(front, &reference));
    figure("The hypervolume of the front after each trial", BOTTOM + 46.0).draw(page, |page| {
        let numbers = Numbers::between(0, growth.last().map_or(0, |(number, _)| *number));
        let y = |volume: f64| BOTTOM - 6.0 - (BOTTOM - TOP - 12.0) * scale.place(volume);
        for (tick, label) in scale.ticks(4) {
            rule(page, "grid", (LEFT, y(tick)), (RIGHT, y(tick)));
            words(page, "end quiet", (LEFT - 8.0, y(tick) + 4.0), &label);
        }
        rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        for (number, label) in numbers.ticks() {
            rule(page, "frame", (numbers.x(number), BOTTOM), (numbers.x(number), BOTTOM + 5.0));
            words(page, "middle quiet", (numbers.x(number), BOTTOM + 19.0), &label);
        }
        words(page, "middle quiet", (LEFT.midpoint(RIGHT), BOTTOM + 36.0), "number of the trial");
        let mut way = Way::default();
        let (mut before, mut is_first) = (0.0, true);
        for (number, volume) in &growth {
            let x = numbers.x(*number);
            if std::mem::take(&mut is_first) {
                way.start((x, y(before)));
            }
            way.line((x, y(before))).line((x, y(*volume)));
            before = *volume;
        }
        page.single("path", &[("class", &"best"), ("d", &way)]);
    });
}

/// The worst value of each objective among those that are not far worse than the others.
fn reference(front: &Front<'_>) -> Option<Vec<f64>> {
    let worst = |(scale, objective): (&Scale, &Objective)| match objective.direction() {
        Direction::Maximize => scale.range().0,
        Direction::Minimize => scale.range().1,
    };
    let reference: Vec<f64> = front.scales.iter().zip(front.objectives).map(worst).collect();
    reference.iter().all(|value| value.is_finite()).then_some(reference)
}

fn words_of(front: &Front<'_>, reference: &[f64]) -> String {
    let values = front.objectives.iter().zip(reference);
    let values: Vec<String> = values.map(|(it, value)| format!("{} {}", it.name(), short(*value))).collect();
    format!(
        "The hypervolume is how much of what is better than {} the front dominates. That reference is the worst of the trials, without those \
        far away.",
        values.join(" and ")
    )
}

/// At how many trials there is time for the volume: a front is the longer the later it is, and each objective makes it as many times as
/// costly.
#[expect(clippy::cast_sign_loss, reason = "not negative")]
fn stops(front: &Front<'_>) -> usize {
    let each = (front.on.len().max(1) as f64).powf(front.objectives.len() as f64 - 1.0);
    ((STEPS / each) as usize).min(STOPS)
}

/// The volume after trials, by their number: where the front changed, as far as that is not too often.
fn growth(front: &Front<'_>, reference: &[f64], stops: usize) -> Vec<(u64, f64)> {
    let every = front.rewarded.len().div_ceil(stops).max(1);
    let (mut known, mut growth) = (Vec::<Vec<f64>>::new(), Vec::new());
    for (places, rows) in front.rewarded.chunks(every).enumerate() {
        let new = rows.iter().map(|row| row.values.clone());
        let mut all: Vec<Vec<f64>> = known.iter().cloned().chain(new).collect();
        let on = pareto_front(front.objectives, &all);
        let is_same = on.len() == known.len() && on.iter().all(|place| *place < known.len());
        let is_last = (places + 1) * every >= front.rewarded.len();
        all = on.into_iter().map(|place| std::mem::take(&mut all[place])).collect();
        known = all;
        if !is_same || is_last {
            let volume = hypervolume(front.objectives, &known, reference);
            growth.extend(rows.last().map(|row| (row.number, volume)));
        }
    }
    growth
}
