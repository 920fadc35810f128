//! What is measured of a trial where one number is not all: the values of its objectives, and what is limited.

use std::fmt;
use std::ops::{Bound, RangeBounds};

use serde::{Deserialize, Serialize};

/// Something that a trial measured and that has limits: a latency, the size of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// What it is called.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// The least that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The most that it may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
}

/// The longest name of a constraint, in bytes, everywhere.
const NAME: usize = 200;

impl Constraint {
    /// Both ends of a range are within it.
    pub(in crate::study) fn new(name: &str, value: f64, limits: &impl RangeBounds<f64>) -> Self {
        let limit = |bound: Bound<&f64>| match bound {
            Bound::Included(limit) | Bound::Excluded(limit) => Some(*limit),
            Bound::Unbounded => None,
        };
        let (at_least, at_most) = (limit(limits.start_bound()), limit(limits.end_bound()));
        Self { name: name.to_owned(), value, at_least, at_most }
    }

    /// What is wrong with it, and what to do.
    pub(in crate::study) fn fault(&self) -> Option<String> {
        let Self { name, value, at_least, at_most } = self;
        if name.is_empty() {
            return Some("it has no name; give it one".to_owned());
        }
        if name.len() > NAME || name.chars().any(char::is_control) {
            return Some(format!("its name is longer than {NAME} bytes, or has a line break; give it a short one"));
        }
        if !value.is_finite() {
            return Some(format!("its value is {value}; give a finite number, or fail where it could not be measured"));
        }
        if let Some(limit) = [at_least, at_most].into_iter().flatten().find(|limit| !limit.is_finite()) {
            return Some(format!("a limit is {limit}; give a finite number, or leave that limit out"));
        }
        match (at_least, at_most) {
            (None, None) => Some("it has no limit; give the least that it may be, the most, or both".to_owned()),
            (Some(least), Some(most)) if least > most => {
                Some(format!("no number is at least {least} and at most {most}; exchange the limits"))
            }
            _ => None,
        }
    }

    /// Puts it in the place of the one of its name.
    pub(in crate::study) fn put_into(self, all: &mut Vec<Self>) {
        match all.iter_mut().find(|known| known.name == self.name) {
            Some(known) => *known = self,
            None => all.push(self),
        }
    }

    /// By how much of a limit that limit is exceeded, or, where it is not above 0, how much is left: of two limits, of the one that is
    /// nearer. Of a limit of 0 the difference itself counts.
    #[must_use]
    pub fn excess(&self) -> f64 {
        let beyond = |beyond: f64, limit: f64| {
            let scale = if limit == 0.0 { 1.0 } else { limit.abs() };
            (beyond / scale).clamp(f64::MIN, f64::MAX)
        };
        let below = self.at_least.map_or(f64::MIN, |limit| beyond(limit - self.value, limit));
        let above = self.at_most.map_or(f64::MIN, |limit| beyond(self.value - limit, limit));
        below.max(above)
    }

    /// Whether a limit is exceeded.
    #[must_use]
    pub fn is_violated(&self) -> bool {
        self.excess() > 0.0
    }
}

/// For people: `exceeds latency_ms by 20 %`.
impl fmt::Display for Constraint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, excess) = (&self.name, self.excess());
        let is_below = self.at_least.is_some_and(|limit| self.value < limit);
        let of_zero = if is_below { self.at_least } else { self.at_most } == Some(0.0);
        let verb = match (excess > 0.0, is_below) {
            (false, _) => return write!(formatter, "keeps {name}"),
            (true, false) => "exceeds",
            (true, true) => "falls short of",
        };
        if of_zero {
            return write!(formatter, "{verb} {name} by {}", short(excess));
        }
        write!(formatter, "{verb} {name} by {} %", short(100.0 * excess))
    }
}

/// A number above 0 with two digits, and whole from 10 on.
fn short(number: f64) -> String {
    match number {
        10.0..1e6 => format!("{number:.0}"),
        0.1..10.0 => format!("{number:.1}"),
        _ => format!("{number:.1e}"),
    }
}

/// What was measured of a trial beside its reward.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    /// The value of each of the study's objectives in their order, as told. In a study of one objective that is the reward, and here only
    /// where a limit is exceeded: then the trial has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<f64>,
    /// What has limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constraints: Vec<Constraint>,
}

impl Measured {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.constraints.is_empty()
    }

    /// By how much limits are exceeded, all together; where none is, how much is left of the nearest one, as what is not above 0. None
    /// without limits.
    #[must_use]
    pub fn excess(&self) -> Option<f64> {
        let all = || self.constraints.iter().map(Constraint::excess);
        let exceeded: f64 = all().filter(|excess| *excess > 0.0).sum();
        if exceeded > 0.0 { Some(exceeded.min(f64::MAX)) } else { all().reduce(f64::max) }
    }

    /// By how much limits are exceeded, where one is.
    #[must_use]
    pub fn violation(&self) -> Option<f64> {
        self.excess().filter(|excess| *excess > 0.0)
    }

    /// Which limits are exceeded, and by how much, for people; none where all hold.
    pub(in crate::study) fn exceeded(&self) -> Option<String> {
        let violated = self.constraints.iter().filter(|constraint| constraint.is_violated());
        let lines: Vec<String> = violated.map(Constraint::to_string).collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }
}

/// As a store keeps it: JSON, and nothing where there is nothing.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl Measured {
    pub(super) fn written(&self) -> Result<Option<String>, super::StoreError> {
        written(self, self.is_empty())
    }
}

/// As a store keeps something: JSON, and nothing where there is nothing.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(super) fn written(value: &impl Serialize, is_empty: bool) -> Result<Option<String>, super::StoreError> {
    let text = (!is_empty).then(|| serde_json::to_string(value)).transpose();
    text.map_err(|error| super::StoreError::Damaged { what: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraint(value: f64, at_least: Option<f64>, at_most: Option<f64>) -> Constraint {
        Constraint { name: "latency_ms".to_owned(), value, at_least, at_most }
    }

    #[test]
    #[allow(clippy::float_cmp)] // All of these numbers are exact.
    fn an_excess_is_a_share_of_the_limit() {
        for (value, at_least, at_most, excess) in [
            (12.0, None, Some(8.0), 0.5),
            (6.0, None, Some(8.0), -0.25),
            (8.0, None, Some(8.0), 0.0),
            (6.0, Some(8.0), None, 0.25),
            (-6.0, Some(-4.0), None, 0.5),
            (3.0, None, Some(0.0), 3.0),
            (3.0, Some(2.0), Some(4.0), -0.25),
            (1e300, None, Some(1e-300), f64::MAX),
        ] {
            let constraint = constraint(value, at_least, at_most);
            assert_eq!(constraint.excess(), excess, "{constraint:?}");
            assert_eq!(constraint.is_violated(), excess > 0.0);
        }
    }

    #[test]
    fn what_is_exceeded_adds_up_and_what_is_left_is_the_least() {
        let measured = |constraints: &[Constraint]| Measured { values: Vec::new(), constraints: constraints.to_vec() };
        let (over, far, within) =
            (constraint(12.0, None, Some(8.0)), constraint(16.0, None, Some(8.0)), constraint(6.0, None, Some(8.0)));
        let near = constraint(7.0, None, Some(8.0));
        assert_eq!(measured(&[over.clone(), far.clone(), within.clone()]).excess(), Some(1.5));
        assert_eq!(measured(&[over.clone(), within.clone()]).violation(), Some(0.5));
        assert_eq!(
            (measured(&[within.clone(), near.clone()]).excess(), measured(&[near]).violation()),
            (Some(-0.125), None)
        );
        assert_eq!(measured(&[]).excess(), None);
        let said = measured(&[over, within, far]).exceeded();
        assert_eq!(said.as_deref(), Some("exceeds latency_ms by 50 %, exceeds latency_ms by 100 %"));
    }

    #[test]
    fn an_excess_is_said_in_words() {
        for (value, at_least, at_most, said) in [
            (1.2, None, Some(1.0), "exceeds latency_ms by 20 %"),
            (0.99, Some(1.0), None, "falls short of latency_ms by 1.0 %"),
            (2.5, None, Some(0.0), "exceeds latency_ms by 2.5"),
            (0.5, Some(0.0), Some(1.0), "keeps latency_ms"),
        ] {
            assert_eq!(constraint(value, at_least, at_most).to_string(), said);
        }
    }

    #[test]
    fn ranges_are_limits() {
        let of = |limits: &dyn Fn() -> Constraint| limits();
        let most = of(&|| Constraint::new("a", 1.0, &(..=10.0)));
        assert_eq!((most.at_least, most.at_most, most.fault()), (None, Some(10.0), None));
        assert_eq!(Constraint::new("a", 1.0, &(..10.0)).at_most, Some(10.0));
        assert_eq!(Constraint::new("a", 1.0, &(1.0..)).at_least, Some(1.0));
        for (wrong, reason) in [
            (Constraint::new("", 1.0, &(..1.0)), "it has no name"),
            (Constraint::new("a", f64::NAN, &(..1.0)), "its value is NaN"),
            (Constraint::new("a", 1.0, &(..f64::NAN)), "a limit is NaN"),
            (Constraint::new("a", 1.0, &(f64::NEG_INFINITY..)), "a limit is -inf"),
            (Constraint::new("a", 1.0, &(..)), "it has no limit"),
            (Constraint::new("a", 1.0, &(2.0..=1.0)), "no number is at least 2 and at most 1"),
        ] {
            assert!(wrong.fault().is_some_and(|fault| fault.starts_with(reason)), "{wrong:?}: {:?}", wrong.fault());
        }
    }

    #[test]
    fn what_is_measured_is_written_and_read() {
        let measured = Measured { values: vec![0.1 + 0.2, -0.0], constraints: vec![constraint(1.0, None, Some(2.0))] };
        let text = serde_json::to_string(&measured).unwrap();
        assert!(text.ends_with(r#""constraints":[{"name":"latency_ms","value":1.0,"at_most":2.0}]}"#), "{text}");
        assert_eq!(serde_json::from_str::<Measured>(&text).unwrap(), measured);
        assert_eq!(serde_json::from_str::<Measured>("{}").unwrap(), Measured::default());
    }
}
