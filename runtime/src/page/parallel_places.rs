//! Where things stand in the parallel coordinates.

pub(super) const TOP: f64 = 140.0;
pub(super) const BOTTOM: f64 = 516.0;
/// The middle of the slot of those that did not decide.
pub(super) const ABSENT: f64 = BOTTOM + 42.0;
pub(super) const SLOT: f64 = 22.0;
pub(super) const WIDTH: f64 = 1120.0;
pub(super) const LEFT: f64 = 70.0;
const RIGHT: f64 = WIDTH - 92.0;

/// Where the axes stand; the one after the last is that of the reward.
pub(super) struct Places {
    pub(super) lanes: usize,
}

impl Places {
    pub(super) fn pitch(&self) -> f64 {
        ((RIGHT - LEFT) / self.lanes as f64).min(260.0)
    }

    pub(super) fn x(&self, lane: usize) -> f64 {
        LEFT + self.pitch() * lane as f64
    }
}

/// The middle of an action's part of the axis: the first is the lowest.
pub(super) fn height(action: usize, of: usize) -> f64 {
    BOTTOM - (BOTTOM - TOP) * (action as f64 + 0.5) / of as f64
}
