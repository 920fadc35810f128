//! For each decision the rewards of the trials by what they chose there.

use super::chosen::Chosen;
use super::effect::{Effect, Unknown};
use super::figure::{self, Figure, SIZE, words};
use super::lanes::firsts;
use super::markup::{Attributes, Markup, Px, Way};
use super::number::{count, percent, short};
use super::order::all_actions;
use super::scale::Scale;
use super::slice_axis::Axis;
use super::slice_frame::{BOTTOM, LEFT, RIGHT, WIDTH, grid, y};
use super::story::{self, Row, Story};
use crate::train::Direction;

/// So many drawings are shown, and so many more are folded away.
const OPEN: usize = 12;
const FOLDED: usize = 48;

pub(super) fn is_there(story: &Story) -> bool {
    story.trials.iter().filter_map(Row::reward).nth(1).is_some()
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let chosen = Chosen::of(story);
    let Some(scale) = Scale::of(story.direction, story.trials.iter().filter_map(Row::reward)) else { return };
    let effect = story.effects().first();
    let mut slices = slices(story, &chosen, effect.and_then(|effect| effect.as_ref().ok()));
    let of = slices.len();
    slices.truncate(OPEN + FOLDED);
    if slices.is_empty() {
        return page.element("p", &[], "All trials decided the same, as far as they have a reward.");
    }
    page.element("p", &[], introduction(story.direction, effect));
    key(page);
    let (open, folded) = slices.split_at(OPEN.min(slices.len()));
    let side = |page: &mut Markup, slices: &[Slice<'_>]| {
        page.within("div", &[("class", &"side")], |page| slices.iter().for_each(|slice| slice.draw(page, &scale)));
    };
    side(page, open);
    if !folded.is_empty() {
        page.within("details", &[("data-key", &"by-choice-more")], |page| {
            page.element("summary", &[], count(folded.len(), "more decision"));
            side(page, folded);
        });
    }
    page.element("p", &[("class", &"note")], note(&chosen, slices.len(), of));
}

fn introduction(direction: Direction, effect: Option<&Result<Effect, Unknown>>) -> String {
    let order = if matches!(effect, Some(Ok(_))) {
        "The decisions on which the reward depends most come first, and the percentage is their share."
    } else {
        "The decisions are in the order in which they are made."
    };
    let better = if direction == Direction::Minimize { " Lower is better." } else { "" };
    format!("A dot is a trial that made the decision, above the action that it took. {order}{better}")
}

fn note(chosen: &Chosen<'_>, drawn: usize, of: usize) -> String {
    let left = if drawn < of { format!(" Of {of} decisions, the first {drawn} are drawn.") } else { String::new() };
    format!("All drawings have the same scale of rewards. {}{left}", chosen.note())
}

fn key(page: &mut Markup) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    page.within("p", &[("class", &"key")], |page| {
        page.within("svg", swatch, |page| page.single("path", &[("class", &"dots small"), ("d", &"M12 6h0")]));
        page.words("a trial");
        page.within("svg", swatch, |page| page.single("path", &[("class", &"median"), ("d", &"M2 6h20")]));
        page.words("the median of an action; bold: the action of the best trial");
    });
}

/// The rewards of one decision.
struct Slice<'a> {
    name: &'a str,
    share: Option<f64>,
    actions: Vec<&'a str>,
    /// By action, in the order of the trials that are drawn.
    rewards: Vec<Vec<f64>>,
    /// The action of the best trial.
    best: Option<usize>,
}

/// The decisions of which several actions were taken, those that matter most first.
fn slices<'a>(story: &'a Story, chosen: &Chosen<'a>, effect: Option<&Effect>) -> Vec<Slice<'a>> {
    let firsts: Vec<_> = chosen.trials.iter().map(|(trial, _)| firsts(trial)).collect();
    let slice = |axis: &'a story::Axis| {
        let taken = || firsts.iter().map(|firsts| firsts.get(&*axis.name).copied());
        let actions = all_actions(&axis.actions, taken().flatten());
        let mut rewards = vec![Vec::new(); actions.len()];
        let place = |action: &str| actions.iter().position(|known| *known == action);
        for (action, (_, reward)) in taken().zip(&chosen.trials) {
            if let Some(place) = action.and_then(place) {
                rewards[place].push(*reward);
            }
        }
        let best = taken().next_back().flatten().and_then(place);
        let share = effect.map(|effect| effect.share(&axis.name));
        Slice { name: &axis.name, share, actions, rewards, best }
    };
    let is_several = |slice: &Slice<'_>| slice.rewards.iter().filter(|rewards| !rewards.is_empty()).count() > 1;
    let mut slices: Vec<Slice<'_>> = story.states.iter().map(slice).filter(is_several).collect();
    slices.sort_by(|a, b| b.share.unwrap_or_default().total_cmp(&a.share.unwrap_or_default()));
    slices
}

impl Slice<'_> {
    fn draw(&self, page: &mut Markup, scale: &Scale) {
        let axis = Axis::of(&self.actions, self.best);
        let title = format!("The rewards of the trials by {}", self.name);
        Figure { title: &title, width: WIDTH, height: BOTTOM + axis.height() }.draw(page, |page| {
            figure::state(page, "", (LEFT, SIZE), self.name, RIGHT - LEFT - 48.0);
            if let Some(share) = self.share {
                words(page, "end quiet", (RIGHT, SIZE), &percent(share));
            }
            grid(page, scale);
            axis.draw(page);
            page.single("path", &[("class", &"dots small"), ("d", &self.dots(scale, &axis))]);
            for (action, rewards) in self.rewards.iter().enumerate().filter(|(_, rewards)| !rewards.is_empty()) {
                self.median(page, scale, &axis, action, rewards);
            }
        });
    }

    /// One path for all, spread around the middle of their actions.
    fn dots(&self, scale: &Scale, axis: &Axis) -> Way {
        const GOLDEN: f64 = 0.618_033_988_749_895;
        let mut way = Way::default();
        for (action, rewards) in self.rewards.iter().enumerate() {
            for (i, reward) in rewards.iter().enumerate() {
                let spread = (i as f64 * GOLDEN + 0.5).fract() - 0.5;
                way.dot((axis.x(action) + 1.6 * axis.half_band() * spread, y(scale, *reward)));
            }
        }
        way
    }

    fn median(&self, page: &mut Markup, scale: &Scale, axis: &Axis, action: usize, rewards: &[f64]) {
        let mut sorted = rewards.to_vec();
        sorted.sort_by(f64::total_cmp);
        let median = sorted[(sorted.len() - 1) / 2];
        let (x, half, y) = (axis.x(action), axis.half_band().max(2.0), y(scale, median));
        let way = format!("M{} {}H{}", Px(x - half), Px(y), Px(x + half));
        page.within("path", &[("class", &"median"), ("d", &way)], |page| {
            let (label, of) = (self.actions[action], count(rewards.len(), "trial"));
            page.element("title", &[], format_args!("{label}: median {} of {of}", short(median)));
        });
    }
}
