//! How much an agent dreams.

use serde::{Deserialize, Serialize};

use crate::agent::BuildError;

/// How an agent learns from imagined trials: after each real one a few steps, each on a batch of configs that the policy samples and
/// that a model of the real trials judges.
///
/// ```
/// use transfer_nas::search::Dreams;
///
/// let less = Dreams::new().after(50).steps(2);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[must_use]
pub struct Dreams {
    pub(super) after: u64,
    pub(super) steps: u32,
    pub(super) batch: usize,
    pub(super) learning_rate: f64,
    pub(super) entropy: f64,
    pub(super) imitation: f64,
    pub(super) trust: f64,
}

impl Default for Dreams {
    fn default() -> Self {
        Self { after: 20, steps: 4, batch: 8, learning_rate: 2e-3, entropy: 0.15, imitation: 1.0, trust: 0.2 }
    }
}

impl Dreams {
    /// With what was measured to do best: see `docs/reproduction.md`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Begins after so many trials of a space and task; 20.
    pub fn after(self, trials: u64) -> Self {
        Self { after: trials, ..self }
    }

    /// Steps of Adam after each trial; 4. None turns dreams off.
    pub fn steps(self, steps: u32) -> Self {
        Self { steps, ..self }
    }

    /// Configs in each step, ranked among each other; 8.
    pub fn batch(self, configs: usize) -> Self {
        Self { batch: configs, ..self }
    }

    /// Adam's step size for imagined trials; 2e-3.
    pub fn learning_rate(self, learning_rate: f64) -> Self {
        Self { learning_rate, ..self }
    }

    /// λ_ENT for imagined trials; 0.15.
    pub fn entropy(self, weight: f64) -> Self {
        Self { entropy: weight, ..self }
    }

    /// λ_PQT of the agent, in place of that of its settings, which would drown what is imagined; 1.
    pub fn imitation(self, weight: f64) -> Self {
        Self { imitation: weight, ..self }
    }

    /// The rank correlation of the latest 40 predictions with what was earned below which nothing is imagined; 0.2.
    pub fn trust(self, correlation: f64) -> Self {
        Self { trust: correlation, ..self }
    }

    pub(super) fn check(&self) -> Result<(), BuildError> {
        let at_most_1e6 = |value: f64| (0.0..=1e6).contains(&value);
        let is_rate = self.learning_rate > 0.0 && self.learning_rate <= 1.0;
        let rows: [(&'static str, f64, bool, &'static str); 6] = [
            ("dreams.steps", f64::from(self.steps), self.steps <= 1000, "at most 1000"),
            ("dreams.batch", self.batch as f64, (2..=1000).contains(&self.batch), "from 2 to 1000"),
            ("dreams.learning_rate", self.learning_rate, is_rate, "above 0 and at most 1"),
            ("dreams.entropy", self.entropy, at_most_1e6(self.entropy), "from 0 to 1e6"),
            ("dreams.imitation", self.imitation, at_most_1e6(self.imitation), "from 0 to 1e6"),
            ("dreams.trust", self.trust, (-1.0..=1.0).contains(&self.trust), "from -1 to 1"),
        ];
        match rows.into_iter().find(|(_, _, good, _)| !good) {
            None => Ok(()),
            Some((setting, value, _, range)) => Err(BuildError::Setting { setting, value, range }),
        }
    }
}
