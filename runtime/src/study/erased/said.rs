//! How a trial ended, as other languages say it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::study::{Constraint, Outcome};

/// The end of a trial as an object with one of the keys `reward`, `values`, `failed`, `pruned`, `cancelled`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema), schema(as = Outcome))]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    /// A number; null is none, such as NaN, and a failure.
    #[serde(default, deserialize_with = "number_or_null", skip_serializing_if = "Option::is_none")]
    pub(crate) reward: Option<f64>,
    /// A number for each objective of a study of several, by name; null is none, such as NaN, and a failure.
    #[serde(default, deserialize_with = "numbers_or_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "serve", schema(value_type = Option<BTreeMap<String, Option<f64>>>))]
    pub(crate) values: Option<BTreeMap<String, f64>>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) failed: Option<String>,
    /// How bad the failure is beside others; greater is worse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<f64>,
    /// It was given up by what it reported.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) pruned: bool,
    /// It is handed back, for another worker.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) cancelled: bool,
    /// What has limits, beside any of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) constraints: Vec<Constraint>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks for it.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What is there and null is a number that JSON cannot write.
pub(crate) fn number_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Some(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN)))
}

/// Numbers by name, of which null is one that JSON cannot write.
pub(crate) fn numbers_or_null<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<BTreeMap<String, f64>>, D::Error> {
    let numbers: Option<BTreeMap<String, Option<f64>>> = Deserialize::deserialize(deserializer)?;
    let number = |(name, number): (String, Option<f64>)| (name, number.unwrap_or(f64::NAN));
    Ok(numbers.map(|numbers| numbers.into_iter().map(number).collect()))
}

impl Said {
    /// Whether it says no outcome; it may still say what has limits.
    pub(crate) fn is_open(&self) -> bool {
        *self == Self { constraints: self.constraints.clone(), ..Self::default() }
    }

    /// What has limits, of each name the last; what is wrong with it.
    pub(crate) fn take_constraints(&mut self) -> Result<Vec<Constraint>, String> {
        let mut all = Vec::new();
        for constraint in std::mem::take(&mut self.constraints) {
            if let Some(fault) = constraint.fault() {
                return Err(format!("the constraint `{}`: {fault}", constraint.name));
            }
            constraint.put_into(&mut all);
        }
        Ok(all)
    }

    /// The outcome; what is wrong with it where it says none, or several.
    pub(crate) fn outcome(self) -> Result<Outcome, &'static str> {
        let Self { reward, values, failed, severity, pruned, cancelled, constraints: _ } = self;
        match (reward, values, failed, severity, pruned, cancelled) {
            (Some(reward), None, None, None, false, false) => Ok(Outcome::Reward(reward)),
            (None, Some(values), None, None, false, false) => {
                Ok(Outcome::Scores(values.into_iter().map(|(name, value)| (Cow::Owned(name), value)).collect()))
            }
            (None, None, Some(error), None, false, false) => Ok(Outcome::Failed(error)),
            (None, None, Some(error), Some(severity), false, false) => Ok(Outcome::FailedBy { error, severity }),
            (None, None, None, None, true, false) => Ok(Outcome::Pruned),
            (None, None, None, None, false, true) => Ok(Outcome::Cancelled),
            _ => Err("say one of `reward`, `values`, `failed` (which may have a `severity`), `pruned` and `cancelled`"),
        }
    }
}

impl From<&Outcome> for Said {
    fn from(outcome: &Outcome) -> Self {
        let nothing = Self::default();
        match outcome {
            Outcome::Reward(reward) => Self { reward: Some(*reward), ..nothing },
            Outcome::Scores(values) => {
                let values = values.iter().map(|(name, value)| (name.clone().into_owned(), *value)).collect();
                Self { values: Some(values), ..nothing }
            }
            Outcome::Failed(error) => Self { failed: Some(error.clone()), ..nothing },
            Outcome::FailedBy { error, severity } => {
                Self { failed: Some(error.clone()), severity: Some(*severity), ..nothing }
            }
            Outcome::Pruned => Self { pruned: true, ..nothing },
            Outcome::Cancelled => Self { cancelled: true, ..nothing },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn values_are_said_by_name() {
        let told = said(r#"{"values": {"params": 3e6, "accuracy": 0.5}}"#).outcome().unwrap();
        let values = vec![(Cow::Borrowed("accuracy"), 0.5), (Cow::Borrowed("params"), 3e6)];
        assert_eq!(told, Outcome::Scores(values));
        assert_eq!(said(&serde_json::to_string(&Said::from(&told)).unwrap()).outcome().unwrap(), told);
        let Outcome::Scores(values) = said(r#"{"values": {"params": null}}"#).outcome().unwrap() else { panic!() };
        assert!(values[0].1.is_nan());
        assert!(said(r#"{"values": {"params": 1}, "reward": 1}"#).outcome().is_err());
        assert_eq!(said(r#"{"values": null, "reward": 1}"#).outcome(), Ok(Outcome::Reward(1.0)));
    }

    #[test]
    fn what_has_limits_is_said_beside_an_outcome() {
        let mut told = said(
            r#"{"reward": 1, "constraints": [{"name": "ms", "value": 1, "at_most": 2}, {"name": "ms", "value": 3, "at_most": 2}]}"#,
        );
        assert_eq!(told.take_constraints().unwrap(), [Constraint::new("ms", 3.0, &(..=2.0))]);
        assert_eq!(told.outcome(), Ok(Outcome::Reward(1.0)));
        let mut wrong = said(r#"{"reward": 1, "constraints": [{"name": "ms", "value": 1}]}"#);
        assert!(wrong.take_constraints().unwrap_err().starts_with("the constraint `ms`: it has no limit"));
        assert!(serde_json::from_str::<Said>(r#"{"constraints": [{"name": "ms", "value": 1, "most": 2}]}"#).is_err());
        assert!(said(r#"{"constraints": [{"name": "ms", "value": 1}]}"#).is_open());
    }
}
