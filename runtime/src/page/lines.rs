//! The lines of the parallel coordinates.

use super::chosen::Chosen;
use super::figure::tint;
use super::lanes::Lane;
use super::markup::{Markup, Way};
use super::number::short;
use super::parallel_places::{ABSENT, BOTTOM, Places, SLOT, TOP, height};
use super::scale::Scale;

pub(super) fn draw(page: &mut Markup, chosen: &Chosen<'_>, lanes: &[Lane<'_>], places: &Places, scale: &Scale) {
    page.within("g", &[("class", &"lines")], |page| {
        for (line, (trial, reward)) in chosen.trials.iter().enumerate() {
            let place = scale.place(*reward);
            let mut stops: Vec<Stop> =
                lanes.iter().enumerate().map(|(i, lane)| stop(lane, line, places.x(i))).collect();
            let end = (places.x(lanes.len()), BOTTOM - (BOTTOM - TOP) * place);
            stops.push(Stop { at: end, absent: false });
            let top = if line + 1 == chosen.trials.len() { " top" } else { "" };
            page.within("g", &[("class", &format!("{}{top}", tint(scale.merit(place))))], |page| {
                page.element("title", &[], format_args!("trial {}: {}", trial.number, short(*reward)));
                ways(page, &stops);
            });
        }
    });
}

/// Where a line crosses an axis.
struct Stop {
    at: (f64, f64),
    absent: bool,
}

/// Lines of the same action are spread around it, the same way in each drawing.
fn stop(lane: &Lane<'_>, trial: usize, x: f64) -> Stop {
    /// Multiples of it are evenly spread between whole numbers.
    const GOLDEN: f64 = 0.618_033_988_749_895;
    /// So many lines take all the room there is.
    const MANY: f64 = 40.0;
    let crowd = (lane.taken.len() as f64 / MANY).min(1.0);
    let spread = crowd * ((trial as f64 * GOLDEN + 0.5).fract() - 0.5);
    match lane.taken[trial] {
        Some(action) => {
            let room = (0.6 * (BOTTOM - TOP) / lane.actions.len() as f64).min(26.0);
            Stop { at: (x, height(action, lane.actions.len()) + room * spread), absent: false }
        }
        None => Stop { at: (x, ABSENT + 0.7 * SLOT * spread), absent: true },
    }
}

/// What was decided as one path, what leads to and from absent states as another.
fn ways(page: &mut Markup, stops: &[Stop]) {
    let (mut on, mut off) = (Way::default(), Way::default());
    let mut pen: Option<bool> = None;
    for pair in stops.windows(2) {
        let absent = pair[0].absent || pair[1].absent;
        let way = if absent { &mut off } else { &mut on };
        if pen != Some(absent) {
            way.start(pair[0].at);
        }
        way.line(pair[1].at);
        pen = Some(absent);
    }
    for (class, way) in [("on", on), ("off", off)] {
        if !way.is_empty() {
            page.single("path", &[("class", &class), ("d", &way)]);
        }
    }
}
