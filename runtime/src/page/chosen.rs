//! Which trials are drawn as lines.

use std::cmp::Ordering;

use super::story::{Row, Story};
use crate::train::Direction;

const BEST: usize = 200;
const OTHERS: usize = 200;

/// Trials with a reward, the worst first, so that the best lie on top.
pub(super) struct Chosen<'a> {
    pub(super) trials: Vec<(&'a Row, f64)>,
    /// How many trials have a reward.
    pub(super) of: usize,
}

impl<'a> Chosen<'a> {
    /// All, or of many the best and an even sample of the others by number.
    pub(super) fn of(story: &'a Story) -> Self {
        let mut ranked = best_first(story);
        let best = ranked.first().map(|(trial, _)| trial.number);
        let of = ranked.len();
        let mut others = ranked.split_off(BEST.min(of));
        if others.len() > OTHERS {
            others.sort_by_key(|(trial, _)| trial.number);
            others = (0..OTHERS).map(|i| others[i * others.len() / OTHERS]).collect();
        }
        ranked.extend(others);
        ranked.sort_by(|a, b| order(story.direction, b, a));
        // On top is the one that the page calls the best.
        ranked.sort_by_key(|(trial, _)| Some(trial.number) == best);
        Self { trials: ranked, of }
    }

    pub(super) fn note(&self) -> String {
        if self.of == 1 {
            "The one trial with a reward is drawn.".to_owned()
        } else if self.trials.len() == self.of {
            format!("All {} trials with a reward are drawn.", self.of)
        } else {
            format!(
                "Of {} trials with a reward, the best {BEST} and an even sample of {OTHERS} others are drawn.",
                self.of
            )
        }
    }
}

/// The trials with a reward, the best first: the one whose config the page gives, which is not that of the highest reward where the best were
/// evaluated again, and then by their rewards.
pub(super) fn best_first(story: &Story) -> Vec<(&Row, f64)> {
    let mut ranked = ranked(&story.trials, story.direction);
    let best = story.finalists.first().map(|finalist| finalist.number);
    ranked.sort_by_key(|(trial, _)| best.is_some_and(|best| best != trial.number));
    ranked
}

/// The trials with a reward, the best first and of equals the earliest.
pub(super) fn ranked(trials: &[Row], direction: Direction) -> Vec<(&Row, f64)> {
    let mut ranked: Vec<_> = trials.iter().filter_map(|trial| Some((trial, trial.reward()?))).collect();
    ranked.sort_by(|a, b| order(direction, a, b));
    ranked
}

/// The better one first, of equals the earlier one.
fn order(direction: Direction, a: &(&Row, f64), b: &(&Row, f64)) -> Ordering {
    let merit = |reward: f64| direction.sign() * reward;
    merit(b.1).total_cmp(&merit(a.1)).then(a.0.number.cmp(&b.0.number))
}
