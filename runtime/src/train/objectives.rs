//! What is measured of a config where one number is not all: objectives with names, and the values of a trial.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::direction::Direction;

/// One of several things that a study searches for at once: a name, which of two values is better, and the unit, if it has one.
///
/// ```
/// use transfer_nas::study::{Direction, Objective};
///
/// let latency = Objective::minimize("latency").unit("ms");
/// assert_eq!((latency.name(), latency.direction()), ("latency", Direction::Minimize));
/// assert_eq!(latency.to_string(), "latency (ms, minimize)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Objective {
    name: Cow<'static, str>,
    direction: Direction,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unit: Option<Cow<'static, str>>,
}

impl Objective {
    /// One whose greater values are better.
    #[must_use]
    pub const fn maximize(name: &'static str) -> Self {
        Self::new(name, Direction::Maximize, None)
    }

    /// One whose smaller values are better.
    #[must_use]
    pub const fn minimize(name: &'static str) -> Self {
        Self::new(name, Direction::Minimize, None)
    }

    /// The same, measured in a unit: `ms`, `parameters`.
    #[must_use]
    pub fn unit(self, unit: &'static str) -> Self {
        Self { unit: Some(Cow::Borrowed(unit)), ..self }
    }

    /// As constants have it.
    #[must_use]
    pub const fn new(name: &'static str, direction: Direction, unit: Option<&'static str>) -> Self {
        let unit = match unit {
            Some(unit) => Some(Cow::Borrowed(unit)),
            None => None,
        };
        Self { name: Cow::Borrowed(name), direction, unit }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which of two values is better.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// What its values are measured in.
    #[must_use]
    pub fn in_unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, direction) = (&self.name, self.direction.word());
        match &self.unit {
            Some(unit) => write!(formatter, "{name} ({unit}, {direction})"),
            None => write!(formatter, "{name} ({direction})"),
        }
    }
}

/// A struct whose fields are the objectives of a study: what [`#[objectives]`](macro@crate::objectives) implements.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its objectives are",
    note = "annotate the struct with `#[objectives]`, and each field with `#[objective(maximize)]` or `#[objective(minimize)]`"
)]
pub trait Objectives: Sized {
    /// Their names, directions and units, in the order of the fields.
    const OBJECTIVES: &'static [Objective];

    /// The value of each.
    fn values(&self) -> Vec<f64>;

    /// From the value of each; none of another number of values.
    fn from_values(values: &[f64]) -> Option<Self>;
}

/// What was measured of a config, as a search is told it: a value for each of several objectives, greater ones better, and how far
/// limits are exceeded.
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Scores {
    /// Beyond `count` all are 0.
    values: [f64; Self::MOST],
    count: u8,
    excess: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct Written {
    values: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    excess: Option<f64>,
}

impl Scores {
    /// How many objectives there can be.
    pub const MOST: usize = 8;

    /// Values, greater ones better; none of more than [`MOST`](Self::MOST).
    #[must_use]
    pub fn new(values: &[f64]) -> Option<Self> {
        let mut all = [0.0; Self::MOST];
        all.get_mut(..values.len())?.copy_from_slice(values);
        Some(Self { values: all, count: u8::try_from(values.len()).ok()?, excess: None })
    }

    /// The same, by how much of a limit that limit is exceeded; what is not above 0 is how much is left.
    #[must_use]
    pub fn exceeding(self, excess: f64) -> Self {
        Self { excess: Some(excess), ..self }
    }

    /// The value of each objective, greater ones better; none of a trial of which only is known that a limit is exceeded.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values[..usize::from(self.count)]
    }

    /// By how much of a limit that limit is exceeded, or, where it is not above 0, how much is left; none without limits.
    #[must_use]
    pub fn excess(&self) -> Option<f64> {
        self.excess
    }

    /// By how much a limit is exceeded, where one is.
    #[must_use]
    pub fn violation(&self) -> Option<f64> {
        self.excess.filter(|excess| *excess > 0.0)
    }

    /// Each number of two as a function of both.
    pub(crate) fn with(self, other: &Self, change: impl Fn(f64, f64) -> f64) -> Self {
        let mut values = self.values;
        values.iter_mut().zip(other.values).for_each(|(value, other)| *value = change(*value, other));
        let excess = self.excess.zip(other.excess).map(|(own, other)| change(own, other));
        Self { values, excess, ..self }
    }

    /// Whether all numbers are finite.
    pub(crate) fn is_finite(&self) -> bool {
        self.values.iter().chain(&self.excess).all(|value| value.is_finite())
    }

    /// The same with each number changed.
    pub(crate) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        Self { values: self.values.map(&change), excess: self.excess.map(change), ..self }
    }
}

impl fmt::Debug for Scores {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scores = formatter.debug_struct("Scores");
        scores.field("values", &self.values()).field("excess", &self.excess).finish_non_exhaustive()
    }
}

impl From<Scores> for Written {
    fn from(scores: Scores) -> Self {
        Self { values: scores.values().to_vec(), excess: scores.excess }
    }
}

impl TryFrom<Written> for Scores {
    type Error = String;

    fn try_from(Written { values, excess }: Written) -> Result<Self, String> {
        let scores =
            Self::new(&values).ok_or_else(|| format!("{} values are more than {}", values.len(), Self::MOST))?;
        Ok(Self { excess, ..scores })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_written_and_read() {
        let scores = Scores::new(&[0.5, -2.0]).unwrap().exceeding(0.25);
        let text = serde_json::to_string(&scores).unwrap();
        assert_eq!(text, r#"{"values":[0.5,-2.0],"excess":0.25}"#);
        assert_eq!(serde_json::from_str::<Scores>(&text).unwrap(), scores);
        assert!(serde_json::from_str::<Scores>(&format!(r#"{{"values":{:?}}}"#, [0.0; 9])).is_err());
        assert_eq!(Scores::new(&[0.0; 9]), None);
    }

    #[test]
    fn what_is_left_of_a_limit_is_no_violation() {
        let scores = Scores::new(&[1.0]).unwrap();
        assert_eq!(scores.exceeding(-0.5).violation(), None);
        assert_eq!(scores.exceeding(0.0).violation(), None);
        assert_eq!(scores.exceeding(0.5).violation(), Some(0.5));
        assert_eq!(scores.violation(), None);
    }
}
