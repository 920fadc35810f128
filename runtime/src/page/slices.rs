//! What the model predicts where one decision of the best config is another one.

use std::collections::{BTreeSet, HashMap};

use super::chosen::best_first;
use super::figure::{self, Figure, SIZE, words};
use super::markup::{Attributes, Markup, Px, Way};
use super::number::{count, percent, short};
use super::scale::Scale;
use super::slice_axis::Axis;
use super::slice_frame::{BOTTOM, LEFT, RIGHT, WIDTH, circle, grid, y};
use super::story::Story;
use crate::search::{Slice, StateInsight};
use crate::train::Direction;

/// So many drawings are shown, and so many more are folded away.
const OPEN: usize = 12;
const FOLDED: usize = 48;

/// A state whose slice can be drawn.
struct Drawn<'a> {
    state: &'a StateInsight,
    slice: Vec<&'a Slice>,
}

/// Draws the slices of the states that come first.
pub(super) fn write(page: &mut Markup, states: &[&StateInsight], story: &Story) {
    let mut drawn: Vec<Drawn<'_>> = states.iter().filter_map(|state| Drawn::of(state)).collect();
    let of = drawn.len();
    drawn.truncate(OPEN + FOLDED);
    let ends = drawn.iter().flat_map(|drawn| &drawn.slice).flat_map(|slice| ends(slice));
    let Some(scale) = Scale::of(story.direction, ends) else { return };
    page.element("h3", &[], "Changes of the best config");
    page.element("p", &[], introduction(story.direction));
    key(page);
    let (open, folded) = drawn.split_at(OPEN.min(drawn.len()));
    page.within("div", &[("class", &"side")], |page| open.iter().for_each(|drawn| drawn.draw(page, &scale)));
    if !folded.is_empty() {
        page.within("details", &[("data-key", &"slices-more")], |page| {
            page.element("summary", &[], count(folded.len(), "more state"));
            page.within("div", &[("class", &"side")], |page| folded.iter().for_each(|drawn| drawn.draw(page, &scale)));
        });
    }
    let mut notes = vec!["All drawings have the same scale of rewards.".to_owned()];
    if of > drawn.len() {
        notes.push(format!("Of {of} states, the {} with the largest shares are drawn.", drawn.len()));
    }
    if decides_again(story) {
        notes.push("Of several decisions of one state the first is changed.".to_owned());
    }
    if scale.outliers > 0 {
        notes.push("What is far worse than the others is drawn at the edge.".to_owned());
    }
    page.element("p", &[("class", &"note")], notes.join(" "));
}

/// Whether the best config decides a state several times.
fn decides_again(story: &Story) -> bool {
    let best = best_first(story).first().map(|(trial, _)| *trial);
    let states: HashMap<&str, &str> = story.states.iter().map(|axis| (&*axis.name, &*axis.state)).collect();
    let mut known = BTreeSet::new();
    let mut is_known = |name: &str| !known.insert(states.get(name).copied().unwrap_or(name).to_owned());
    best.is_some_and(|best| best.decisions.iter().any(|(name, _)| is_known(name)))
}

fn introduction(direction: Direction) -> String {
    let better = if direction == Direction::Minimize { " Lower is better." } else { "" };
    format!(
        "Each drawing takes the best config so far and changes one of its decisions: the predicted reward for each action, and \
         one deviation of that prediction to either side.{better} They are beliefs, too: where nothing like it was tried, the \
         band is wide. The percentage is the share of the state."
    )
}

fn key(page: &mut Markup) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    let dot =
        |class: &'static str, radius: f64| move |page: &mut Markup| circle(page, class, (12.0, 6.0), radius, |_| ());
    page.within("p", &[("class", &"key")], |page| {
        page.within("svg", swatch, dot("mean", MEAN));
        page.words("predicted reward");
        page.within("svg", swatch, |page| band(page, (0.0, 24.0), (0.0, 12.0)));
        page.words("± one deviation");
        page.within("svg", swatch, dot("taken", BEST));
        page.words("the action of the best config");
    });
}

/// Along a line through more numbers there are no dots.
const DOTS: usize = 50;
const MEAN: f64 = 3.0;
const BEST: f64 = 5.0;

fn ends(slice: &Slice) -> [f64; 2] {
    let deviation = slice.deviation.abs();
    [slice.mean - deviation, slice.mean + deviation]
}

impl<'a> Drawn<'a> {
    /// None where there is nothing to compare.
    fn of(state: &'a StateInsight) -> Option<Self> {
        let is_finite = |slice: &&Slice| slice.mean.is_finite() && slice.deviation.is_finite();
        let slice: Vec<&Slice> = state.slice.iter().filter(is_finite).collect();
        (slice.len() > 1).then_some(Self { state, slice })
    }

    fn draw(&self, page: &mut Markup, scale: &Scale) {
        let labels: Vec<&str> = self.slice.iter().map(|slice| &*slice.label).collect();
        let axis = Axis::of(&labels, self.slice.iter().position(|slice| slice.is_best));
        let title = format!("The predicted reward by {}", self.state.state);
        Figure { title: &title, width: WIDTH, height: BOTTOM + axis.height() }.draw(page, |page| {
            figure::state(page, "", (LEFT, SIZE), &self.state.state, RIGHT - LEFT - 48.0);
            words(page, "end quiet", (RIGHT, SIZE), &percent(self.state.share));
            grid(page, scale);
            axis.draw(page);
            self.band(page, scale, &axis);
            self.means(page, scale, &axis);
        });
    }

    /// Along ordered numbers one band, otherwise one for each action.
    fn band(&self, page: &mut Markup, scale: &Scale, axis: &Axis) {
        let places =
            || self.slice.iter().enumerate().map(|(i, slice)| (axis.x(i), ends(slice).map(|end| y(scale, end))));
        if !axis.is_ordered {
            let half = axis.half_band();
            return places().for_each(|(x, [low, high])| band(page, (x - half, x + half), (high, low)));
        }
        let (mut outline, mut means) = (Way::default(), Way::default());
        let upper = places().map(|(x, [_, high])| (x, high));
        let lower = places().map(|(x, [low, _])| (x, low)).collect::<Vec<_>>();
        through(&mut outline, upper.chain(lower.into_iter().rev()));
        through(&mut means, self.slice.iter().enumerate().map(|(i, slice)| (axis.x(i), y(scale, slice.mean))));
        page.single("path", &[("class", &"band"), ("d", &outline)]);
        page.single("path", &[("class", &"mean"), ("d", &means)]);
    }

    /// The best on top.
    fn means(&self, page: &mut Markup, scale: &Scale, axis: &Axis) {
        let (best, others): (Vec<_>, Vec<_>) = self.slice.iter().enumerate().partition(|(_, slice)| slice.is_best);
        let has_dots = !axis.is_ordered || self.slice.len() <= DOTS;
        for (i, slice) in others.into_iter().filter(|_| has_dots).chain(best) {
            let (class, radius) = if slice.is_best { ("taken", BEST) } else { ("mean", MEAN) };
            let (mean, deviation) = (short(slice.mean), short(slice.deviation.abs()));
            circle(page, class, (axis.x(i), y(scale, slice.mean)), radius, |page| {
                page.element("title", &[], format_args!("{}: {mean} ± {deviation}", slice.label));
            });
        }
    }
}

fn through(way: &mut Way, points: impl Iterator<Item = (f64, f64)>) {
    for (i, point) in points.enumerate() {
        if i == 0 {
            way.start(point)
        } else {
            way.line(point)
        };
    }
}

/// From left to right, and from top to bottom.
fn band(page: &mut Markup, (left, right): (f64, f64), (top, bottom): (f64, f64)) {
    let [x, y, width, height] = [left, top, right - left, bottom - top].map(Px);
    page.single("rect", &[("class", &"band"), ("x", &x), ("y", &y), ("width", &width), ("height", &height)]);
}
