//! Rewards as ranks: what an agent learns from does not depend on the scale of rewards, nor on single ones far away.

use std::cmp::Ordering;
use std::collections::VecDeque;

use statrs::function::erf::erfc_inv;

use super::outcome::{Merit, Outcome};
use super::several::scalar::Weights;

/// The latest outcomes of a pair, against which each is ranked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window(VecDeque<Outcome>);

impl Window {
    /// Outcomes that are remembered. Ranks among all outcomes teach no better.
    const CAPACITY: usize = 256;

    /// Takes in an outcome, and forgets the oldest where there is no room.
    pub(crate) fn push(&mut self, outcome: Outcome) {
        if self.0.len() == Self::CAPACITY {
            self.0.pop_front();
        }
        self.0.push_back(outcome);
    }

    /// The oldest first.
    pub(crate) fn outcomes(&self) -> impl Iterator<Item = Outcome> {
        self.0.iter().copied()
    }

    /// The same as some weights see it, and so the latest of all, which are in it.
    pub(crate) fn scalarized(&self, weights: &Weights, latest: &[Outcome]) -> (Self, Vec<Outcome>) {
        let all: Vec<Outcome> = self.outcomes().chain(latest.iter().copied()).collect();
        let mut scalarized = weights.see(&all);
        let latest = scalarized.split_off(self.0.len());
        (scalarized.into_iter().collect(), latest)
    }

    /// The normal score of an outcome: `Φ⁻¹(clamp(r / n, ½ / n, 1 − ½ / n))`, where `r` counts the outcomes below it, and half
    /// of those level with it, among the `n` of the window. 0 where the window is empty.
    pub(crate) fn score(&self, merit: Merit) -> f64 {
        let n = self.0.len() as f64;
        if self.0.is_empty() {
            return 0.0;
        }
        let below = |other: &Outcome| match other.merit().map(|other| merit.against(other)) {
            Some(Ordering::Greater) => 1.0,
            Some(Ordering::Equal) => 0.5,
            Some(Ordering::Less) | None => 0.0,
        };
        let rank: f64 = self.0.iter().map(below).sum();
        normal_quantile((rank / n).clamp(0.5 / n, 1.0 - 0.5 / n))
    }
}

impl FromIterator<Outcome> for Window {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut window = Self::default();
        outcomes.into_iter().for_each(|outcome| window.push(outcome));
        window
    }
}

/// The number below which a share of a standard normal distribution lies.
pub(crate) fn normal_quantile(share: f64) -> f64 {
    -std::f64::consts::SQRT_2 * erfc_inv(2.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merit(reward: f64) -> Merit {
        Outcome::Reward(reward).merit().unwrap()
    }

    #[test]
    fn quantiles_are_those_of_tables() {
        for (share, quantile) in [(0.5, 0.0), (0.975, 1.959_964), (0.025, -1.959_964), (0.75, 0.674_490)] {
            assert!((normal_quantile(share) - quantile).abs() < 1e-6, "{share}");
        }
    }

    #[test]
    fn scores_know_the_order_only() {
        let scores = |rewards: &[f64]| -> Vec<f64> {
            let window: Window = rewards.iter().map(|&reward| Outcome::Reward(reward)).collect();
            rewards.iter().map(|&reward| window.score(merit(reward))).collect()
        };
        let plain = scores(&[1.0, 2.0, 2.0, 3.0]);
        // Shares ⅛, ½, ½, ⅞.
        let expected = [-1.150_349, 0.0, 0.0, 1.150_349];
        assert!(plain.iter().zip(expected).all(|(score, expected)| (score - expected).abs() < 1e-6), "{plain:?}");
        assert_eq!(plain, scores(&[-1e300, 1e-300, 1e-300, 1e300]));
        assert_eq!(scores(&[7.0]), [0.0]);
    }

    #[test]
    fn what_is_not_in_the_window_stays_within_its_bounds() {
        let window: Window = [1.0, 2.0].map(Outcome::Reward).into_iter().collect();
        // Better than all: not 1, but 1 − ½ / 2.
        assert!((window.score(merit(9.0)) - 0.674_490).abs() < 1e-6);
    }

    #[test]
    fn the_window_forgets_the_oldest() {
        let window: Window = (0..300).map(|i| Outcome::Reward(f64::from(i))).collect();
        assert_eq!(window.outcomes().count(), 256);
        assert_eq!(window.outcomes().next().and_then(Outcome::reward), Some(44.0));
    }
}
