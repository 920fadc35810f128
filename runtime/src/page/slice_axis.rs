//! The actions along the lower edge of a slice.

use super::figure::{self, SIZE, rule};
use super::markup::{Markup, Px};
use super::number::short;
use super::slices::{BOTTOM, LEFT, RIGHT};
use super::text;
use crate::search::Slice;

/// The least distance of labels.
const GAP: f64 = 8.0;
/// How far labels are turned where they have no room side by side, and how long they may be then.
const TURN: f64 = 40.0;
const LONGEST: f64 = 90.0;
/// The distance of turned labels.
const LINE: f64 = 15.0;

/// Where each action is, and how they are labelled.
pub(super) struct Axis<'a> {
    slice: &'a [&'a Slice],
    labels: Vec<String>,
    /// Whether the actions are numbers that rise or fall.
    pub(super) is_ordered: bool,
    is_turned: bool,
    /// Every so many actions have a label, the best config's among them.
    stride: usize,
}

impl<'a> Axis<'a> {
    pub(super) fn of(slice: &'a [&'a Slice]) -> Self {
        let is_ordered = is_ordered(slice);
        let labels: Vec<String> = slice.iter().map(|slice| label(&slice.label, is_ordered)).collect();
        let widest = widest(&labels);
        let is_turned = widest + GAP > step(slice) && !is_ordered;
        let room = if is_turned { LINE } else { widest + GAP };
        #[expect(clippy::cast_sign_loss, reason = "not negative")]
        let stride = (room / step(slice)).ceil().max(1.0) as usize;
        Self { slice, labels, is_ordered, is_turned, stride }
    }

    /// The middle of an action's place.
    pub(super) fn x(&self, action: usize) -> f64 {
        LEFT + (action as f64 + 0.5) * step(self.slice)
    }

    /// Half the width of the band of one action.
    pub(super) fn half_band(&self) -> f64 {
        (0.3 * step(self.slice)).min(14.0)
    }

    /// What it takes below the drawing.
    pub(super) fn height(&self) -> f64 {
        if self.is_turned { 24.0 + widest(&self.labels).min(LONGEST) * TURN.to_radians().sin() } else { 26.0 }
    }

    pub(super) fn draw(&self, page: &mut Markup) {
        rule(page, "frame", (LEFT, BOTTOM), (RIGHT, BOTTOM));
        let best = self.slice.iter().position(|slice| slice.is_best).unwrap_or_default();
        for (i, slice) in self.slice.iter().enumerate().filter(|(i, _)| i.abs_diff(best) % self.stride == 0) {
            let x = self.x(i);
            rule(page, "frame", (x, BOTTOM), (x, BOTTOM + 5.0));
            let taken = if slice.is_best { " taken" } else { "" };
            if self.is_turned {
                let at = (x + 4.0, BOTTOM + 16.0);
                let turn = format!("rotate(-{TURN} {} {})", Px(at.0), Px(at.1));
                page.within("g", &[("transform", &turn)], |page| {
                    figure::action(page, &format!("end{taken}"), at, &self.labels[i], LONGEST);
                });
            } else {
                let at = (x, BOTTOM + 19.0);
                figure::action(page, &format!("middle{taken}"), at, &self.labels[i], RIGHT - LEFT);
            }
        }
    }
}

/// Numbers with many digits are rounded: along an axis the neighbours say the rest.
fn label(label: &str, is_number: bool) -> String {
    let rounded = label.parse().ok().filter(|_| is_number).map(short);
    rounded.filter(|rounded| rounded.len() < label.len()).unwrap_or_else(|| label.to_owned())
}

fn widest(labels: &[String]) -> f64 {
    labels.iter().map(|label| text::width(label, SIZE)).fold(0.0, f64::max)
}

/// The room of an action.
fn step(slice: &[&Slice]) -> f64 {
    (RIGHT - LEFT) / slice.len().max(1) as f64
}

fn is_ordered(slice: &[&Slice]) -> bool {
    let numbers: Option<Vec<f64>> = slice.iter().map(|slice| slice.label.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| numbers.len() > 2) else { return false };
    numbers.windows(2).all(|pair| pair[0] < pair[1]) || numbers.windows(2).all(|pair| pair[0] > pair[1])
}
