//! The axis of the numbers of trials.

use super::scale::Scale;
use super::story::Row;
use crate::train::Direction;

/// From where to where drawings as wide as the page have their frame.
pub(super) const LEFT: f64 = 72.0;
pub(super) const RIGHT: f64 = 1108.0;
/// More trials than this are dots without a word about each.
pub(super) const SPOKEN: usize = 1000;

/// The trials' numbers from the left to the right.
pub(super) struct Numbers {
    first: u64,
    last: u64,
}

impl Numbers {
    pub(super) fn of(trials: &[Row]) -> Self {
        let numbers = trials.iter().map(|trial| trial.number);
        Self::between(numbers.clone().min().unwrap_or_default(), numbers.max().unwrap_or_default())
    }

    pub(super) fn between(first: u64, last: u64) -> Self {
        Self { first, last }
    }

    pub(super) fn x(&self, number: u64) -> f64 {
        let place = (number - self.first) as f64 / (self.last - self.first).max(1) as f64;
        LEFT + 8.0 + (RIGHT - LEFT - 16.0) * place
    }

    /// Whole numbers along the axis.
    pub(super) fn ticks(&self) -> Vec<(u64, String)> {
        let scale = Scale::of(Direction::Maximize, [self.first as f64, self.last as f64].into_iter());
        #[expect(clippy::cast_sign_loss, reason = "between two numbers of trials")]
        let whole = |(tick, _): (f64, String)| (tick.fract() == 0.0).then_some(tick as u64);
        let ticks = scale.map(|scale| scale.ticks(8)).unwrap_or_default();
        let ticks = ticks.into_iter().filter_map(whole).filter(|tick| (self.first..=self.last).contains(tick));
        ticks.map(|tick| (tick, tick.to_string())).collect()
    }
}
