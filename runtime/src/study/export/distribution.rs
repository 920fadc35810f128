//! What Optuna is told of a state's actions.

use serde::Serialize;
use serde_json::{Error, Value};

use super::columns::Column;
use crate::space::Kind;

/// The values of a parameter.
pub(super) enum Distribution<'a> {
    /// `IntDistribution`: all numbers from `low` to `high` that are `step` apart.
    Integers { low: i64, high: i64, step: i64 },
    /// `CategoricalDistribution`: these values, of these labels.
    Choices { values: Vec<Value>, labels: Vec<&'a str> },
}

/// As Optuna's `distribution_to_json` writes them.
#[derive(Serialize)]
#[serde(tag = "name", content = "attributes")]
enum Written<'a> {
    #[serde(rename = "IntDistribution")]
    Integers { log: bool, step: i64, low: i64, high: i64 },
    #[serde(rename = "CategoricalDistribution")]
    Choices { choices: &'a [Value] },
}

/// Whole numbers up to here are exact in Python's floats, which Optuna keeps.
const EXACT: u64 = 1 << 53;

impl<'a> Distribution<'a> {
    pub(super) fn of(column: &Column<'a>) -> Self {
        let whole = matches!(column.kind, Some(Kind::Integer | Kind::Length));
        if let Some(integers) = whole.then(|| integers(&column.labels)).flatten() {
            return integers;
        }
        // A label that is none of its kind is of an earlier space: then they are all text.
        let typed = column.labels.iter().map(|label| value(column.kind, label)).collect();
        let text = || column.labels.iter().map(|label| Value::from(*label)).collect();
        Self::Choices { values: Option::unwrap_or_else(typed, text), labels: column.labels.clone() }
    }

    /// The number that stands for a label in Optuna's storage.
    pub(super) fn number(&self, label: &str) -> Option<i64> {
        match self {
            Self::Integers { .. } => label.parse().ok(),
            Self::Choices { labels, .. } => i64::try_from(labels.iter().position(|known| *known == label)?).ok(),
        }
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(&match *self {
            Self::Integers { low, high, step } => Written::Integers { log: false, step, low, high },
            Self::Choices { ref values, .. } => Written::Choices { choices: values },
        })
    }
}

/// Where the labels are whole numbers at equal distances.
fn integers(labels: &[&str]) -> Option<Distribution<'static>> {
    let mut numbers: Vec<i64> = labels.iter().map(|label| label.parse().ok()).collect::<Option<_>>()?;
    numbers.sort_unstable();
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    let step = numbers.get(1).map_or(1, |second| second.saturating_sub(low));
    let is_exact = numbers.iter().all(|number| number.unsigned_abs() <= EXACT);
    let is_even = step > 0 && numbers.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
    (is_exact && is_even).then_some(Distribution::Integers { low, high, step })
}

/// A label as the value that it stands for.
fn value(kind: Option<Kind>, label: &str) -> Option<Value> {
    let is_of_kind = |value: &Value| match kind {
        Some(Kind::Flag) => value.is_boolean(),
        _ => value.is_number(),
    };
    match kind {
        Some(Kind::Flag | Kind::Integer | Kind::Float | Kind::Length) => {
            serde_json::from_str(label).ok().filter(is_of_kind)
        }
        _ => Some(Value::from(label)),
    }
}
