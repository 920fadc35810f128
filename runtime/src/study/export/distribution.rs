//! What Optuna is told of a state's actions.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Error, Value};

use super::columns::Column;
use super::values::Values;
use crate::space::Kind;

/// What Optuna is told of a parameter.
pub(super) struct Distribution<'a> {
    form: Form,
    /// The number that stands for a label in Optuna's storage.
    numbers: HashMap<&'a str, i64>,
}

/// The values of a parameter.
enum Form {
    /// `IntDistribution`: all numbers from `low` to `high` that are `step` apart.
    Integers { low: i64, high: i64, step: i64 },
    /// `CategoricalDistribution`.
    Choices(Vec<Value>),
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
    pub(super) fn of(column: &Column<'a>, constants: &Values<'_>) -> Self {
        let known = |label: &&'a str| match constants.get(column.state, label) {
            Some(number) => Some(Value::from(number.clone())),
            None => value(column.kind, label),
        };
        // A label that is none of its kind is of an earlier space, or names a number that no trial tells: then they are all text.
        let typed =
            column.labels.iter().map(known).collect::<Option<Vec<Value>>>().filter(|values| are_distinct(values));
        let values = typed.unwrap_or_else(|| column.labels.iter().map(|label| Value::from(*label)).collect());
        let labels = column.labels.iter().copied();
        let is_whole = matches!(column.kind, Some(Kind::Integer | Kind::Length));
        let integers = is_whole.then(|| whole(&values)).flatten().unwrap_or_default();
        match evenly(&integers) {
            Some(form) => Self { form, numbers: labels.zip(integers).collect() },
            None => Self { form: Form::Choices(values), numbers: labels.zip(0..).collect() },
        }
    }

    /// The number that stands for a label in Optuna's storage.
    pub(super) fn number(&self, label: &str) -> Option<i64> {
        self.numbers.get(label).copied()
    }

    pub(super) fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(&match &self.form {
            Form::Integers { low, high, step } => Written::Integers { log: false, step: *step, low: *low, high: *high },
            Form::Choices(values) => Written::Choices { choices: values },
        })
    }
}

fn are_distinct(values: &[Value]) -> bool {
    let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
    texts.sort_unstable();
    texts.windows(2).all(|pair| pair[0] != pair[1])
}

fn whole(values: &[Value]) -> Option<Vec<i64>> {
    values.iter().map(Value::as_i64).collect()
}

/// Where whole numbers are at equal distances.
fn evenly(numbers: &[i64]) -> Option<Form> {
    let mut numbers = numbers.to_vec();
    numbers.sort_unstable();
    let (low, high) = (*numbers.first()?, *numbers.last()?);
    let step = numbers.get(1).map_or(1, |second| second.saturating_sub(low));
    let is_exact = numbers.iter().all(|number| number.unsigned_abs() <= EXACT);
    let is_even = step > 0 && numbers.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(step));
    (is_exact && is_even).then_some(Form::Integers { low, high, step })
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
