//! The actions along the lower edge of a small drawing.

use super::figure::{self, SIZE, rule};
use super::labels::rounded;
use super::markup::{Markup, Px};
use super::slice_frame::{BOTTOM, LEFT, RIGHT};
use super::text;

/// The least distance of labels.
const GAP: f64 = 8.0;
/// How far labels are turned where they have no room side by side, and how long they may be then.
const TURN: f64 = 40.0;
const LONGEST: f64 = 90.0;
/// The distance of turned labels.
const LINE: f64 = 15.0;

/// Where each action is, and how they are labelled.
pub(super) struct Axis {
    labels: Vec<String>,
    /// The action that the best config takes.
    best: Option<usize>,
    /// Whether the actions are numbers that rise or fall.
    pub(super) is_ordered: bool,
    is_turned: bool,
    /// Every so many actions have a label, the best config's among them.
    stride: usize,
}

impl Axis {
    pub(super) fn of(actions: &[&str], best: Option<usize>) -> Self {
        let is_ordered = is_ordered(actions);
        let labels = rounded(actions);
        let (widest, step) = (widest(&labels), step(actions.len()));
        let is_turned = widest + GAP > step && !is_ordered;
        let room = if is_turned { LINE } else { widest + GAP };
        #[expect(clippy::cast_sign_loss, reason = "not negative")]
        let stride = (room / step).ceil().max(1.0) as usize;
        Self { labels, best, is_ordered, is_turned, stride }
    }

    /// The middle of an action's place.
    pub(super) fn x(&self, action: usize) -> f64 {
        LEFT + (action as f64 + 0.5) * step(self.labels.len())
    }

    /// Half the width of the band of one action.
    pub(super) fn half_band(&self) -> f64 {
        (0.3 * step(self.labels.len())).min(14.0)
    }

    /// What it takes below the drawing.
    pub(super) fn height(&self) -> f64 {
        if self.is_turned { 24.0 + widest(&self.labels).min(LONGEST) * TURN.to_radians().sin() } else { 26.0 }
    }

    pub(super) fn draw(&self, page: &mut Markup) {
        rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        let first = self.best.unwrap_or_default();
        for (i, label) in self.labels.iter().enumerate().filter(|(i, _)| i.abs_diff(first) % self.stride == 0) {
            rule(page, "frame", (self.x(i), BOTTOM), (self.x(i), BOTTOM + 5.0));
            let taken = if self.best == Some(i) { " taken" } else { "" };
            if self.is_turned {
                turned(page, taken, self.x(i), label);
            } else {
                let at = (self.x(i), BOTTOM + 19.0);
                figure::action(page, &format!("middle{taken}"), at, label, RIGHT - LEFT);
            }
        }
    }
}

fn turned(page: &mut Markup, taken: &str, x: f64, label: &str) {
    let at = (x + 4.0, BOTTOM + 16.0);
    let turn = format!("rotate(-{TURN} {} {})", Px(at.0), Px(at.1));
    page.within("g", &[("transform", &turn)], |page| {
        figure::action(page, &format!("end{taken}"), at, label, LONGEST);
    });
}

fn widest(labels: &[String]) -> f64 {
    labels.iter().map(|label| text::width(label, SIZE)).fold(0.0, f64::max)
}

/// The room of one of so many actions.
fn step(actions: usize) -> f64 {
    (RIGHT - LEFT) / actions.max(1) as f64
}

fn is_ordered(actions: &[&str]) -> bool {
    let numbers: Option<Vec<f64>> = actions.iter().map(|action| action.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() > 2) else { return false };
    numbers.windows(2).all(|pair| pair[0] < pair[1]) || numbers.windows(2).all(|pair| pair[0] > pair[1])
}
