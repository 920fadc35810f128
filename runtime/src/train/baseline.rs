//! What to expect: a moving average of rewards or of their scores.

/// The greatest reward, in absolute value, that an agent can learn from as it is ([`Rewards::Raw`](super::Rewards::Raw)): beyond
/// it Adam's squares leave the range of `f32`. Learning from ranks has no such bound.
pub const MAX_REWARD: f64 = 1e12;

/// An exponential moving average of rewards, corrected for its start at zero (as Adam's moments are).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Baseline {
    decay: f64,
    sum: f64,
    weight: f64,
}

impl Baseline {
    pub(crate) fn new(decay: f64) -> Self {
        Self { decay, sum: 0.0, weight: 0.0 }
    }

    /// The average with this sum and weight.
    pub(crate) fn resumed(decay: f64, (sum, weight): (f64, f64)) -> Self {
        Self { decay, sum, weight }
    }

    /// The sum and the weight so far.
    pub(crate) fn parts(&self) -> (f64, f64) {
        (self.sum, self.weight)
    }

    /// The average of the rewards so far; none before the first.
    pub(crate) fn value(&self) -> Option<f64> {
        (self.weight > 0.0).then(|| self.sum / self.weight)
    }

    pub(crate) fn update(&mut self, reward: f64) {
        self.sum = self.decay * self.sum + (1.0 - self.decay) * reward;
        self.weight = self.decay * self.weight + (1.0 - self.decay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_is_unbiased_from_the_first_reward_on() {
        let mut baseline = Baseline::new(0.95);
        assert_eq!(baseline.value(), None);
        baseline.update(3.0);
        assert!((baseline.value().unwrap() - 3.0).abs() < 1e-12);
        baseline.update(1.0);
        // (0.95 · 3 + 1) / (0.95 + 1)
        assert!((baseline.value().unwrap() - 3.85 / 1.95).abs() < 1e-12);
    }
}
