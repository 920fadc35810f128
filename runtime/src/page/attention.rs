//! Who attends to whom along the best config, layer by layer.

use super::figure::{self, Figure, level};
use super::markup::{Attributes, Markup, Px};
use super::number::percent;
use super::story::Story;
use super::text;
use crate::agent::AttentionMap;

/// More steps are not readable.
pub(crate) const READABLE: usize = 40;
const CELL: f64 = 14.0;
/// The most that a name takes.
const ROOM: f64 = 180.0;
/// Weights that round to nothing have no cell.
const LEAST: f32 = 0.005;

pub(super) fn write(page: &mut Markup, story: &Story) {
    let Some(map) = story.attention.as_ref().filter(|map| !map.layers.is_empty() && !map.states.is_empty()) else {
        return page.element("p", &[], "There is no attention to show.");
    };
    page.element("p", &[], INTRODUCTION);
    let states = &map.states[..READABLE.min(map.states.len())];
    if states.len() < map.states.len() {
        let note = format!("The first {READABLE} of {} decisions are shown.", map.states.len());
        page.element("p", &[("class", &"note")], note);
    }
    key(page);
    page.within("div", &[("class", &"side")], |page| {
        for layer in 0..map.layers.len() {
            page.within("figure", &[], |page| {
                heat_map(page, map, states, layer);
                page.element("figcaption", &[], format_args!("Layer {} of {}", layer + 1, map.layers.len()));
            });
        }
    });
}

const INTRODUCTION: &str = "A row is a decision, a column one that it attends to; the stronger the colour, the more of the \
    row's attention goes there.";

/// Small weights can be told apart, too: the strength is the square root.
fn shade(weight: f64) -> String {
    format!("weight {}", level(weight.max(0.0).sqrt()))
}

fn key(page: &mut Markup) {
    page.within("p", &[("class", &"key")], |page| {
        for weight in [0.01, 0.05, 0.2, 0.5, 1.0] {
            let size: Attributes<'_> =
                &[("viewBox", &"0 0 14 14"), ("width", &14), ("height", &14), ("aria-hidden", &"true")];
            page.within("svg", size, |page| {
                page.single("rect", &[("class", &"cells"), ("width", &14), ("height", &14)]);
                page.single("rect", &[("class", &shade(weight)), ("width", &14), ("height", &14)]);
            });
            page.words(percent(weight));
        }
    });
}

fn heat_map(page: &mut Markup, map: &AttentionMap, states: &[String], layer: usize) {
    let room = states.iter().map(|state| text::width(state, figure::SIZE)).fold(0.0, f64::max).min(ROOM) + 8.0;
    let side = CELL * states.len() as f64;
    let title = format!("Attention of each decision to the others, layer {} of {}", layer + 1, map.layers.len());
    Figure { title: &title, width: room + side + 4.0, height: room + side + 4.0 }.draw(page, |page| {
        let (corner, length) = (Px(room), Px(side));
        page.single(
            "rect",
            &[("class", &"cells"), ("x", &corner), ("y", &corner), ("width", &length), ("height", &length)],
        );
        for (i, state) in states.iter().enumerate() {
            let middle = room + CELL * (i as f64 + 0.5);
            figure::state(page, "end", (room - 6.0, middle + 4.0), state, ROOM);
            let turned = format!("translate({} {}) rotate(-90)", Px(middle + 4.0), Px(room - 6.0));
            page.within("g", &[("transform", &turned)], |page| figure::state(page, "name", (0.0, 0.0), state, ROOM));
        }
        for (i, weights) in map.layers[layer].iter().take(states.len()).enumerate() {
            for (k, weight) in weights.iter().take(states.len()).enumerate().filter(|(_, weight)| **weight >= LEAST) {
                cell(page, (room + CELL * k as f64, room + CELL * i as f64), *weight, &states[i], &states[k]);
            }
        }
    });
}

fn cell(page: &mut Markup, (x, y): (f64, f64), weight: f32, from: &str, to: &str) {
    let class = shade(f64::from(weight));
    let (x, y) = (Px(x), Px(y));
    page.within("rect", &[("class", &class), ("x", &x), ("y", &y), ("width", &CELL), ("height", &CELL)], |page| {
        page.element("title", &[], format_args!("{from} to {to}: {}", percent(f64::from(weight))));
    });
}
