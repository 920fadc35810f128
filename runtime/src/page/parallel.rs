//! Parallel coordinates: what each trial chose, and what it earned.

use super::chosen::Chosen;
use super::figure::{self, Figure, rule, tint, words};
use super::labels::rounded;
use super::lanes::{Lane, Lanes};
use super::lines;
use super::markup::{Attributes, Markup, Px};
use super::parallel_places::{ABSENT, BOTTOM, LEFT, Places, SLOT, TOP, WIDTH, height};
use super::scale::Scale;
use super::story::{Row, Story};

/// With more actions not every one has its label.
const LABELS: usize = 16;

pub(super) fn write(page: &mut Markup, story: &Story) {
    let chosen = Chosen::of(story);
    let lanes = Lanes::of(story, &chosen);
    let Some(scale) = Scale::of(story.direction, story.trials.iter().filter_map(Row::reward)) else {
        return page.element("p", &[], "No trial has a reward yet.");
    };
    if lanes.shown.is_empty() {
        return page.element("p", &[], "No trial with a reward decided any of the states.");
    }
    page.element("p", &[], INTRODUCTION);
    page.element("p", &[("class", &"note")], format_args!("{} {}", chosen.note(), lanes.note()));
    let title = "Parallel coordinates: an axis for each state, and a line for each trial, coloured by its reward";
    Figure { title, width: WIDTH, height: ABSENT + 44.0 }.draw(page, |page| {
        let places = Places { lanes: lanes.shown.len() };
        for (i, lane) in lanes.shown.iter().enumerate() {
            axis(page, places.x(i), lane);
        }
        words(page, "end quiet", (LEFT - 18.0, ABSENT + 4.0), "absent");
        words(page, "end quiet", (LEFT - 18.0, ABSENT + SLOT / 2.0 + 16.0), "trials");
        lines::draw(page, &chosen, &lanes.shown, &places, &scale);
        for (i, lane) in lanes.shown.iter().enumerate() {
            labels(page, places.x(i), lane, places.pitch() - 12.0);
        }
        legend(page, places.x(places.lanes), &scale);
    });
}

const INTRODUCTION: &str = "A line is a trial. It crosses the axis of each state at the action that it took there, and ends \
    at its reward, whose colour it has; the thick line is the best. Where a state did not come up, because an earlier action \
    left it out, the line is dashed and passes through the slot below the axis.";

fn axis(page: &mut Markup, x: f64, lane: &Lane<'_>) {
    rule(page, "axis", (x, TOP), (x, BOTTOM));
    let (left, top) = (Px(x - 9.0), Px(ABSENT - SLOT / 2.0));
    let slot: Attributes<'_> =
        &[("class", &"absent"), ("x", &left), ("y", &top), ("width", &18), ("height", &SLOT), ("rx", &4)];
    let absent = lane.taken.iter().filter(|action| action.is_none()).count();
    page.within("rect", slot, |page| {
        page.element("title", &[], format_args!("{}: absent in {absent} of the lines", lane.name));
    });
    words(page, "middle quiet", (x, ABSENT + SLOT / 2.0 + 16.0), &absent.to_string());
    let turned = format!("translate({} {}) rotate(-30)", Px(x - 2.0), Px(TOP - 12.0));
    // Names on the right end where the drawing does.
    let room = (1.15 * (WIDTH - x)).min(220.0);
    page.within("g", &[("transform", &turned)], |page| {
        figure::state(page, "name", (0.0, 0.0), lane.name, room);
    });
}

fn labels(page: &mut Markup, x: f64, lane: &Lane<'_>, room: f64) {
    let every = lane.actions.len().div_ceil(LABELS);
    for (action, label) in rounded(&lane.actions).iter().enumerate().step_by(every) {
        figure::action(page, "halo", (x + 6.0, height(action, lane.actions.len()) + 4.0), label, room);
    }
}

/// The axis of the reward is the legend of the colours.
fn legend(page: &mut Markup, x: f64, scale: &Scale) {
    const PARTS: u32 = 47;
    let (left, part) = (Px(x), (BOTTOM - TOP) / f64::from(PARTS));
    for i in 0..PARTS {
        let class = format!("level {}", tint(scale.merit(f64::from(i) / f64::from(PARTS - 1))));
        let top = Px(BOTTOM - part * f64::from(i + 1));
        // Neighbours overlap, or the seams would show.
        let height = Px(part + 0.5);
        page.single("rect", &[("class", &class), ("x", &left), ("y", &top), ("width", &12), ("height", &height)]);
    }
    for (tick, label) in scale.ticks(6) {
        words(page, "halo", (x + 17.0, BOTTOM - (BOTTOM - TOP) * scale.place(tick) + 4.0), &label);
    }
    words(page, "halo", (x - 2.0, TOP - 12.0), "reward");
}
