//! How a trial ended, as other languages say it.

use serde::{Deserialize, Serialize};

use crate::study::Outcome;

/// The end of a trial as an object with one of the keys `reward`, `failed`, `pruned`, `cancelled`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "serve", derive(utoipa::ToSchema), schema(as = Outcome))]
#[serde(deny_unknown_fields)]
pub(crate) struct Said {
    /// A number; null is none, such as NaN, and a failure.
    #[serde(default, deserialize_with = "number_or_null", skip_serializing_if = "Option::is_none")]
    pub(crate) reward: Option<f64>,
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
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks for it.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// What is there and null is a number that JSON cannot write.
pub(crate) fn number_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Some(Option::<f64>::deserialize(deserializer)?.unwrap_or(f64::NAN)))
}

impl Said {
    /// The outcome; what is wrong with it where it says none, or several.
    pub(crate) fn outcome(self) -> Result<Outcome, &'static str> {
        match self {
            Self { reward: Some(reward), failed: None, severity: None, pruned: false, cancelled: false } => {
                Ok(Outcome::Reward(reward))
            }
            Self { reward: None, failed: Some(error), severity, pruned: false, cancelled: false } => {
                Ok(match severity {
                    Some(severity) => Outcome::FailedBy { error, severity },
                    None => Outcome::Failed(error),
                })
            }
            Self { reward: None, failed: None, severity: None, pruned: true, cancelled: false } => Ok(Outcome::Pruned),
            Self { reward: None, failed: None, severity: None, pruned: false, cancelled: true } => {
                Ok(Outcome::Cancelled)
            }
            _ => Err("say one of `reward`, `failed` (which may have a `severity`), `pruned` and `cancelled`"),
        }
    }
}

impl From<&Outcome> for Said {
    fn from(outcome: &Outcome) -> Self {
        let nothing = Self::default();
        match outcome {
            Outcome::Reward(reward) => Self { reward: Some(*reward), ..nothing },
            Outcome::Failed(error) => Self { failed: Some(error.clone()), ..nothing },
            Outcome::FailedBy { error, severity } => {
                Self { failed: Some(error.clone()), severity: Some(*severity), ..nothing }
            }
            Outcome::Pruned => Self { pruned: true, ..nothing },
            Outcome::Cancelled => Self { cancelled: true, ..nothing },
        }
    }
}
