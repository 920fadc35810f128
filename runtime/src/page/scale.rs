//! From rewards to places between 0 and 1.

/// What part of the rewards a drawing shows: from the lowest to the highest, without outliers far below the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// How many rewards are lower than what is shown.
    pub(super) below: usize,
}

/// So few rewards have no outliers.
const FEW: usize = 10;
/// How many times as far from the best as the lowest tenth an outlier is.
const FAR: f64 = 4.0;

impl Scale {
    /// The scale of finite rewards; none without any.
    pub(super) fn of(rewards: impl Iterator<Item = f64>) -> Option<Self> {
        let mut rewards: Vec<f64> = rewards.filter(|reward| reward.is_finite()).collect();
        rewards.sort_by(f64::total_cmp);
        let high = *rewards.last()?;
        let tenth = rewards[rewards.len() / 10];
        let floor = if rewards.len() < FEW || tenth >= high { f64::MIN } else { high - FAR * (high - tenth) };
        let below = rewards.partition_point(|reward| *reward < floor);
        Some(Self { low: rewards[below], high, below })
    }

    /// Where a reward is, from 0 to 1.
    pub(super) fn place(&self, reward: f64) -> f64 {
        // Halves, since the distance of two finite numbers need not be finite.
        let width = self.high / 2.0 - self.low / 2.0;
        if width > 0.0 { ((reward / 2.0 - self.low / 2.0) / width).clamp(0.0, 1.0) } else { 0.5 }
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

    /// The same, and the highest number where no tick is near it.
    pub(super) fn ticks_to_top(&self, about: u32) -> Vec<(f64, String)> {
        const NEAR: f64 = 0.94;
        let mut ticks = self.ticks(about);
        if ticks.last().is_none_or(|(tick, _)| self.place(*tick) < NEAR) && self.low < self.high {
            ticks.push((self.high, super::number::short(self.high)));
        }
        ticks
    }
}

/// 1, 2 or 5 times a power of ten, not below a width.
fn round_step(width: f64) -> f64 {
    let power = 10f64.powf(width.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= width).unwrap_or(f64::NAN)
}

/// As many decimals as tell a tick from the next.
fn label(tick: f64, step: f64) -> String {
    let tick = tick + 0.0;
    if !(1e-5..1e6).contains(&step) || tick.abs() >= 1e7 {
        return super::number::short(tick);
    }
    #[expect(clippy::cast_sign_loss, reason = "not negative")]
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    format!("{tick:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(rewards: &[f64]) -> Vec<String> {
        let scale = Scale::of(rewards.iter().copied()).unwrap();
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
    fn the_top_has_a_tick() {
        let labels = |rewards: [f64; 2]| {
            let scale = Scale::of(rewards.into_iter()).unwrap();
            scale.ticks_to_top(5).into_iter().map(|(_, label)| label).collect::<Vec<_>>()
        };
        assert_eq!(labels([0.11, 0.96936]), ["0.2", "0.4", "0.6", "0.8", "0.96936"]);
        assert_eq!(labels([0.11, 0.81]), ["0.2", "0.4", "0.6", "0.8"]);
        assert_eq!(labels([2.0, 2.0]), ["2"]);
    }

    #[test]
    fn all_places_are_on_the_scale() {
        let scale = Scale::of([f64::MIN, f64::MAX, f64::NAN].into_iter()).unwrap();
        let places = [f64::MIN, 0.0, f64::MAX].map(|reward| scale.place(reward).to_string());
        assert_eq!(places, ["0", "0.5", "1"]);
        assert!(Scale::of([f64::NAN].into_iter()).is_none());
    }

    #[test]
    fn equal_rewards_but_one_are_no_reason_to_leave_it_out() {
        let scale = Scale::of((0..40).map(|trial| if trial == 0 { 0.0 } else { 1.0 })).unwrap();
        assert_eq!((scale.below, scale.place(0.0).to_string().as_str()), (0, "0"));
    }
}
