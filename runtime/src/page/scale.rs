//! From rewards to places between 0 and 1.

use crate::train::Direction;

/// What part of the rewards a drawing shows: from the lowest to the highest, without outliers far worse than the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    direction: Direction,
    /// How many rewards are worse than what is shown.
    pub(super) outliers: usize,
}

/// So few rewards have no outliers.
const FEW: usize = 10;
/// How many times as far from the best as the lowest tenth an outlier is.
const FAR: f64 = 4.0;

impl Scale {
    /// The scale of finite rewards; none without any.
    pub(super) fn of(direction: Direction, rewards: impl Iterator<Item = f64>) -> Option<Self> {
        let sign = direction.sign();
        let mut merits: Vec<f64> = rewards.filter(|reward| reward.is_finite()).map(|reward| sign * reward).collect();
        merits.sort_by(f64::total_cmp);
        let best = *merits.last()?;
        let tenth = merits[merits.len() / 10];
        let floor = if merits.len() < FEW || tenth >= best { f64::MIN } else { best - FAR * (best - tenth) };
        let outliers = merits.partition_point(|merit| *merit < floor);
        let (worst, best) = (sign * merits[outliers], sign * best);
        Some(Self { low: worst.min(best), high: worst.max(best), direction, outliers })
    }

    /// From the lowest to the highest that is shown.
    pub(super) fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Where a reward is, from 0 to 1.
    pub(super) fn place(&self, reward: f64) -> f64 {
        // Halves, since the distance of two finite numbers need not be finite.
        let width = self.high / 2.0 - self.low / 2.0;
        if width > 0.0 { ((reward / 2.0 - self.low / 2.0) / width).clamp(0.0, 1.0) } else { 0.5 }
    }

    /// How good the reward at a place is, from 0 for the worst to 1 for the best.
    pub(super) fn merit(&self, place: f64) -> f64 {
        match self.direction {
            Direction::Maximize => place,
            Direction::Minimize => 1.0 - place,
        }
    }

    /// Round numbers along the scale, with their labels.
    pub(super) fn ticks(&self, about: u32) -> Vec<(f64, String)> {
        let width = self.high - self.low;
        let step = round_step(width / f64::from(about));
        if !step.is_normal() {
            let mut ends = vec![self.low, self.high];
            ends.dedup();
            return ends.into_iter().map(|end| (end, super::number::short(end))).collect();
        }
        let first = (self.low / step).ceil();
        let ticks = (0..=2 * about).map(|tick| (first + f64::from(tick)) * step);
        ticks.take_while(|tick| *tick <= self.high).map(|tick| (tick, label(tick, step))).collect()
    }

    /// The same, and the best number where no tick is near it.
    pub(super) fn ticks_to_best(&self, about: u32) -> Vec<(f64, String)> {
        const NEAR: f64 = 0.94;
        let mut ticks = self.ticks(about);
        let is_near = |(tick, _): &(f64, String)| self.merit(self.place(*tick)) >= NEAR;
        if !ticks.iter().any(is_near) && self.low < self.high {
            match self.direction {
                Direction::Maximize => ticks.push((self.high, super::number::short(self.high))),
                Direction::Minimize => ticks.insert(0, (self.low, super::number::short(self.low))),
            }
        }
        ticks
    }
}

/// 1, 2 or 5 times a power of ten, not below a width.
fn round_step(width: f64) -> f64 {
    let power = 10f64.powf(width.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= width).unwrap_or(f64::NAN)
}

/// As many digits as tell a tick from the next.
fn label(tick: f64, step: f64) -> String {
    let tick = tick + 0.0;
    if !(1e-5..1e6).contains(&step) || tick.abs() >= 1e7 {
        return scientific(tick, step);
    }
    #[expect(clippy::cast_sign_loss, reason = "not negative")]
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    format!("{tick:.decimals$}")
}

fn scientific(tick: f64, step: f64) -> String {
    const USUAL: usize = 3;
    #[expect(clippy::cast_sign_loss, reason = "clamped")]
    let digits = (tick.abs().log10().floor() - step.log10().floor()).clamp(0.0, 15.0) as usize;
    if digits > USUAL { format!("{tick:.digits$e}") } else { super::number::short(tick) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rewards: &[f64]) -> Vec<String> {
        let scale = Scale::of(Direction::Maximize, rewards.iter().copied()).unwrap();
        scale.ticks(5).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(labels(&[0.61, 0.93]), ["0.7", "0.8", "0.9"]);
        assert_eq!(labels(&[-3.0, 17.0]), ["0", "5", "10", "15"]);
        assert_eq!(labels(&[2.0, 2.0]), ["2"]);
        assert_eq!(labels(&[f64::MIN, f64::MAX]), ["-1.798e308", "1.798e308"]);
    }

    #[test]
    fn the_best_has_a_tick() {
        let labels = |direction, rewards: [f64; 2]| {
            let scale = Scale::of(direction, rewards.into_iter()).unwrap();
            scale.ticks_to_best(5).into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels(Direction::Maximize, [0.11, 0.96936]), ["0.2", "0.4", "0.6", "0.8", "0.96936"]);
        assert_eq!(labels(Direction::Maximize, [0.11, 0.81]), ["0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(Direction::Minimize, [0.11, 0.81]), ["0.11", "0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels(Direction::Minimize, [2.0, 2.0]), ["2"]);
    }

    #[test]
    fn all_places_are_on_the_scale() {
        let scale = Scale::of(Direction::Maximize, [f64::MIN, f64::MAX, f64::NAN].into_iter()).unwrap();
        let places = [f64::MIN, 0.0, f64::MAX].map(|reward| scale.place(reward).to_string());
        assert_eq!(places, ["0", "0.5", "1"]);
        assert!(Scale::of(Direction::Maximize, [f64::NAN].into_iter()).is_none());
    }

    #[test]
    fn equal_rewards_but_one_are_no_reason_to_leave_it_out() {
        let scale = Scale::of(Direction::Maximize, (0..40).map(|trial| if trial == 0 { 0.0 } else { 1.0 })).unwrap();
        assert_eq!((scale.outliers, scale.place(0.0).to_string().as_str()), (0, "0"));
    }

    #[test]
    fn outliers_are_on_the_worse_side() {
        let rewards = |outlier: f64| (0..40).map(move |trial| if trial == 7 { outlier } else { f64::from(trial) });
        for (direction, outlier, best) in [(Direction::Maximize, -1e9, 39.0), (Direction::Minimize, 1e9, 0.0)] {
            let scale = Scale::of(direction, rewards(outlier)).unwrap();
            assert_eq!((scale.outliers, scale.merit(scale.place(best)).to_string().as_str()), (1, "1"));
            // What is far better than the others is never left out.
            assert_eq!(Scale::of(direction, rewards(-outlier)).unwrap().outliers, 0);
        }
    }

    #[test]
    fn ticks_of_any_size_are_told_apart_and_short() {
        for rewards in
            [[1e-6, 2e-6], [1e300, 3e300], [-1e6, -0.5e6], [-1e6, -1e6 + 1e-3], [1e7, 1e7 + 1.0], [-1e6, 1e-6]]
        {
            let labels = labels(&rewards);
            let distinct: std::collections::BTreeSet<&String> = labels.iter().collect();
            assert_eq!(distinct.len(), labels.len(), "{labels:?}");
            assert!(labels.len() > 1 && labels.iter().all(|label| label.len() <= 13), "{labels:?}");
        }
    }
}
