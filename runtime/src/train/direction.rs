//! Which of two rewards is better.

use serde::{Deserialize, Serialize};

/// Whether a search is for the highest reward or for the lowest one.
///
/// ```
/// use transfer_nas::study::Direction;
///
/// assert!(Direction::Maximize.is_better(0.9, 0.5));
/// assert!(Direction::Minimize.is_better(0.5, 0.9));
/// assert_eq!(Direction::parse("minimize"), Some(Direction::Minimize));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Higher is better, as with an accuracy.
    #[default]
    Maximize,
    /// Lower is better, as with a loss.
    Minimize,
}

impl Direction {
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde calls it with a reference.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::Maximize
    }

    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Maximize, Self::Minimize];

    /// Its word in files, the same that serde writes.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Maximize => "maximize",
            Self::Minimize => "minimize",
        }
    }

    /// The direction of a word; none of any other word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.word() == word)
    }

    /// Whether `a` is better than `b`. Equal numbers are not, and neither is a NaN, nor anything than a NaN.
    #[must_use]
    pub fn is_better(self, a: f64, b: f64) -> bool {
        match self {
            Self::Maximize => a > b,
            Self::Minimize => a < b,
        }
    }

    /// What a reward is multiplied with so that higher is better: 1 or −1.
    #[must_use]
    pub fn sign(self) -> f64 {
        match self {
            Self::Maximize => 1.0,
            Self::Minimize => -1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_serde() {
        for direction in Direction::ALL {
            assert_eq!(serde_json::to_value(direction).unwrap(), direction.word());
            assert_eq!(Direction::parse(direction.word()), Some(direction));
        }
        assert_eq!(Direction::parse("Minimize"), None);
        assert_eq!(Direction::default(), Direction::Maximize);
    }

    #[test]
    fn the_sign_agrees_with_the_comparison() {
        let numbers = [-1.0, -0.0, 0.0, 1e-300, f64::MAX, f64::NAN];
        for direction in Direction::ALL {
            for (a, b) in numbers.into_iter().flat_map(|a| numbers.map(|b| (a, b))) {
                assert_eq!(direction.is_better(a, b), direction.sign() * a > direction.sign() * b, "{a} {b}");
            }
        }
    }
}
