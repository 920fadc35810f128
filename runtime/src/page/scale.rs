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
        let ticks: Vec<f64> = ticks.take_while(|tick| *tick <= self.high).collect();
        let labels = labels(&ticks, step);
        ticks.into_iter().zip(labels).collect()
    }
}

/// 1, 2 or 5 times a power of ten, not below a width.
fn round_step(width: f64) -> f64 {
    let power = 10f64.powf(width.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= width).unwrap_or(f64::NAN)
}

/// The labels of ticks: as many digits as tell a tick from the next, and as many for all.
fn labels(ticks: &[f64], step: f64) -> Vec<String> {
    /// More letters are not readable.
    const MOST: i32 = 11;
    let most = ticks.iter().fold(0.0, |most: f64, tick| most.max(tick.abs()));
    let (size, digits) = (magnitude(most), -magnitude(step));
    let is_plain = size < 7 && digits < 6 || size.max(0) + digits.max(0) < MOST && size >= -2 && digits > -3;
    if is_plain {
        let decimals = digits.max(0).unsigned_abs() as usize;
        return ticks.iter().map(|tick| format!("{:.decimals$}", tick + 0.0)).collect();
    }
    let decimals = (size + digits).clamp(0, 15).unsigned_abs() as usize;
    let label = |tick: &f64| {
        // In two steps, since a power of ten may be beyond all numbers.
        let mantissa = tick / 10f64.powi(size / 2) / 10f64.powi(size - size / 2);
        if *tick == 0.0 { "0".to_owned() } else { format!("{mantissa:.decimals$}e{size}") }
    };
    ticks.iter().map(label).collect()
}

/// The power of ten of a number.
fn magnitude(number: f64) -> i32 {
    // Rounding must not make less than 3 of the 3 of a thousand.
    if number > 0.0 { (number.log10() + 1e-9).floor() as i32 } else { 0 }
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
    fn ticks_of_one_axis_have_equal_digits() {
        assert_eq!(labels(&[0.0, 2e-6]), ["0", "0.5e-6", "1.0e-6", "1.5e-6", "2.0e-6"]);
        assert_eq!(labels(&[0.0, 0.002]), ["0.0000", "0.0005", "0.0010", "0.0015", "0.0020"]);
        assert_eq!(labels(&[0.0, 2e9]), ["0", "0.5e9", "1.0e9", "1.5e9", "2.0e9"]);
        assert_eq!(labels(&[1e-3, 5e-3]), ["0.001", "0.002", "0.003", "0.004", "0.005"]);
        for scale in (-300..300).map(|power| 10f64.powi(power)) {
            let labels = labels(&[0.1 * scale, 0.9 * scale]);
            let digits = |label: &String| label.split_once('.').map(|(_, digits)| digits.len());
            let nonzero: Vec<_> = labels.iter().filter(|label| *label != "0").map(digits).collect();
            assert!(nonzero.windows(2).all(|pair| pair[0] == pair[1]), "{labels:?}");
            assert!(labels.iter().all(|label| label.len() < 13), "{labels:?}");
        }
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
