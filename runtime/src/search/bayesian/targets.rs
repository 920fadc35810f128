//! What the belief is fitted to: rewards on a scale of their own, and for trials without a reward the place where they rank.

use std::cmp::Ordering;

use crate::train::Outcome;
use crate::train::outcome::Merit;
use crate::train::scores::normal_quantile;
use crate::train::several::scalar::Ranks;

/// How rewards are transformed. Each proposal draws one of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// As they are.
    Plain,
    /// What is below the median pressed together: the belief is about what is good.
    Upper,
    /// As they are, however far down: what is pressed together already.
    Whole,
    /// As normal scores of their ranks: no scale, no outliers, and what many are near to is spread out.
    Scores,
}

/// The values of some trials, standardised: `value = mean + deviation · target` in the plain view.
#[derive(Debug, Clone)]
pub(super) struct Targets {
    pub(super) values: Vec<f64>,
    pub(super) mean: f64,
    pub(super) deviation: f64,
}

/// Below this many root mean squares under the median all is alike: one reward far down must not make the others equal.
const FLOOR: f64 = -10.0;
/// How far failures are below the least reward, as a share of the range.
const BELOW: f64 = 0.1;

impl Targets {
    /// Of outcomes of which none was cancelled.
    pub(super) fn of(outcomes: &[Outcome], view: View) -> Self {
        let values = places(outcomes);
        let most = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
        // So that squares stay numbers.
        let unit = if most > 1e100 { most } else { 1.0 };
        let mut values: Vec<f64> = values.into_iter().map(|value| value / unit).collect();
        let (median, spread) = upper_half(&values);
        for value in &mut values {
            let z = ((*value - median) / spread).max(FLOOR);
            *value = match view {
                View::Whole => *value,
                View::Plain => median + z * spread,
                View::Upper if z < 0.0 => -(-z).ln_1p(),
                View::Upper | View::Scores => z,
            };
        }
        if view == View::Scores {
            let ranks = Ranks::of(values.iter().copied());
            for value in &mut values {
                *value = normal_quantile(ranks.share(*value));
            }
        }
        let (mean, deviation) = moments(&values);
        let scale = if deviation > 0.0 { deviation } else { 1.0 };
        for value in &mut values {
            *value = (*value - mean) / scale;
        }
        Self { values, mean: mean * unit, deviation: scale * unit }
    }
}

impl Targets {
    /// The same values as `offset + factor · value`.
    pub(super) fn moved(self, offset: f64, factor: f64) -> Self {
        let values = self.values.into_iter().map(|value| offset + factor * value).collect();
        let deviation = self.deviation / factor;
        Self { values, mean: self.mean - deviation * offset, deviation }
    }
}

/// The reward of each trial; of one without a reward that which stands at the same place in the order of all, and for failures less
/// than any.
fn places(outcomes: &[Outcome]) -> Vec<f64> {
    let mut rewards: Vec<f64> = outcomes.iter().filter_map(|outcome| outcome.reward()).collect();
    rewards.sort_by(f64::total_cmp);
    // Where nothing has a reward, what exceeds a limit is still told apart.
    let (least, most) = (rewards.first().unwrap_or(&0.0), rewards.last().unwrap_or(&0.0));
    let range = 0.5f64.mul_add(*most, -0.5 * least);
    let below = if range > 0.0 { 2.0 * BELOW * range } else { 1.0 };
    let failed = least - below;
    let mut exceeding: Vec<f64> = outcomes.iter().filter_map(Outcome::violation).collect();
    exceeding.sort_by(f64::total_cmp);
    let merits: Vec<Merit> = outcomes.iter().filter_map(|outcome| outcome.merit()).collect();
    let place = |outcome: &Outcome| match (outcome, outcome.merit()) {
        (Outcome::Reward(reward), _) => *reward,
        (Outcome::Scores(_), _) => {
            let place = outcome.violation().map_or(0, |excess| exceeding.partition_point(|other| *other < excess));
            (least - below * (place as f64 + 1.0) / (exceeding.len() as f64 + 1.0)).max(f64::MIN)
        }
        (Outcome::Pruned { .. }, Some(merit)) if !rewards.is_empty() => rewards[rank(merit, &merits, rewards.len())],
        _ => failed.max(f64::MIN),
    };
    outcomes.iter().map(place).collect()
}

/// The place among `of` that a trial has among all, by its midrank.
#[allow(clippy::cast_sign_loss)] // A share of a count.
fn rank(merit: Merit, all: &[Merit], of: usize) -> usize {
    let below = |other: &Merit| match merit.against(*other) {
        Ordering::Greater => 1.0,
        Ordering::Equal => 0.5,
        Ordering::Less => 0.0,
    };
    let rank: f64 = all.iter().map(below).sum();
    ((rank / all.len() as f64 * of as f64) as usize).min(of - 1)
}

/// The median, and the root mean square of what is above it; where that is nothing, of all, and where that is nothing, 1.
fn upper_half(values: &[f64]) -> (f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    let square = |values: &[f64]| {
        let sum: f64 = values.iter().map(|value| (value - median).powi(2)).sum();
        (sum / values.len().max(1) as f64).sqrt()
    };
    let halves = [square(&sorted[sorted.len() / 2..]), square(&sorted)];
    (median, halves.into_iter().find(|spread| *spread > 0.0).unwrap_or(1.0))
}

pub(super) fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::Scores;

    fn rewards(values: &[f64]) -> Vec<Outcome> {
        values.iter().map(|&value| Outcome::Reward(value)).collect()
    }

    #[test]
    fn targets_have_mean_zero_and_deviation_one() {
        for view in [View::Plain, View::Upper, View::Scores] {
            let Targets { values, .. } = Targets::of(&rewards(&[0.1, 0.5, 0.7, 0.2, 0.9]), view);
            let (mean, deviation) = moments(&values);
            assert!(mean.abs() < 1e-12 && (deviation - 1.0).abs() < 1e-12);
            assert!(values[0] < values[3] && values[3] < values[1] && values[2] < values[4]);
        }
    }

    #[test]
    fn the_plain_view_can_be_taken_back() {
        let Targets { values, mean, deviation } = Targets::of(&rewards(&[0.1, 0.5, 0.7]), View::Plain);
        assert!((mean + deviation * values[2] - 0.7).abs() < 1e-12);
    }

    #[test]
    fn the_upper_view_presses_together_what_is_below_the_median() {
        let Targets { values, .. } = Targets::of(&rewards(&[-100.0, -10.0, 0.0, 1.0, 2.0]), View::Upper);
        assert!(values[1] - values[0] < 3.0 * (values[4] - values[2]), "{values:?}");
    }

    #[test]
    fn failures_are_below_all_and_pruned_trials_where_they_rank() {
        let mut outcomes = rewards(&[1.0, 2.0, 3.0, 4.0]);
        outcomes.extend([
            Outcome::FAILED,
            Outcome::Pruned { step: 3, last: 3.5 },
            Outcome::Pruned { step: 3, last: 0.0 },
        ]);
        let places = places(&outcomes);
        assert!((places[4] - 0.7).abs() < 1e-12, "{places:?}");
        assert_eq!(places[5..], [4.0, 1.0]);
    }

    #[test]
    fn what_exceeds_a_limit_is_below_all_that_keep_it_and_above_failures() {
        let mut outcomes = rewards(&[1.0, 2.0, 3.0]);
        let exceeding = |excess| Outcome::Scores(Scores::new(&[9.0]).unwrap().exceeding(excess));
        outcomes.extend([exceeding(5.0), Outcome::FAILED, exceeding(0.1)]);
        let places = places(&outcomes);
        assert!(places[0] > places[5] && places[5] > places[3] && places[3] > places[4], "{places:?}");
    }

    #[test]
    fn where_nothing_keeps_a_limit_the_nearer_ones_are_above() {
        let exceeding = |excess| Outcome::Scores(Scores::new(&[]).unwrap().exceeding(excess));
        let Targets { values, .. } = Targets::of(&[exceeding(3.0), exceeding(0.5), Outcome::FAILED], View::Upper);
        assert!(values[1] > values[0] && values[0] > values[2], "{values:?}");
        let pruned = Targets::of(&[Outcome::Pruned { step: 1, last: 0.5 }, Outcome::FAILED], View::Upper).values;
        assert!(pruned.iter().all(|value| value.is_finite()), "{pruned:?}");
    }

    /// What is left of a limit has a long tail below: those beyond it must stay below it.
    #[test]
    fn what_is_beyond_a_limit_stays_there() {
        let left: Vec<f64> = (0..95).map(|i| 1.0 + f64::from(i) / 1000.0).chain([-3.0; 5]).collect();
        let Targets { values, mean, deviation } = Targets::of(&rewards(&left), View::Whole);
        let limit = -mean / deviation;
        assert!(values[..95].iter().all(|value| *value > limit) && values[95..].iter().all(|value| *value < limit));
    }

    #[test]
    fn scores_are_those_of_ranks() {
        let scores = |values: &[f64]| Targets::of(&rewards(values), View::Scores).values;
        let (plain, stretched) = (scores(&[1.0, 2.0, 3.0, 4.0]), scores(&[-1e9, 2.0, 2.5, 1e6]));
        assert!(plain.iter().zip(stretched).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!(plain[3] - plain[2] > plain[2] - plain[1]);
    }

    #[test]
    fn nothing_makes_them_infinite() {
        for values in [[1e300, -1e300, 0.0], [f64::MAX, f64::MIN, 0.0], [5.0, 5.0, 5.0], [1e-300, 2e-300, 0.0]] {
            for view in [View::Plain, View::Upper, View::Scores] {
                let mut outcomes = rewards(&values);
                outcomes.push(Outcome::FAILED);
                let Targets { values, .. } = Targets::of(&outcomes, view);
                assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
            }
        }
        assert!(Targets::of(&[Outcome::FAILED], View::Upper).values[0].abs() < 1e-12);
    }

    #[test]
    fn one_reward_far_down_leaves_the_others_apart() {
        let mut values: Vec<f64> = (0..40).map(f64::from).collect();
        values.push(-1e6);
        for view in [View::Plain, View::Upper] {
            let Targets { values, .. } = Targets::of(&rewards(&values), view);
            assert!(values[39] - values[20] > 0.5, "{values:?}");
        }
    }
}
