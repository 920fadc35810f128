//! What a program answers, line by line.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::study::erased::{Said, number_or_null, numbers_or_null};
use crate::study::{Constraint, Outcome};

/// What one line says: a value at a step, how the trial ended, notes, what has limits, or several of these.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) value: Option<(u64, f64)>,
    pub(super) outcome: Option<Outcome>,
    pub(super) notes: Map<String, Value>,
    pub(super) constraints: Vec<Constraint>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    step: Option<u64>,
    /// Null stands for a number that JSON cannot write.
    #[serde(default, deserialize_with = "number_or_null")]
    value: Option<f64>,
    #[serde(default, deserialize_with = "number_or_null")]
    reward: Option<f64>,
    #[serde(default, deserialize_with = "numbers_or_null")]
    values: Option<BTreeMap<String, f64>>,
    failed: Option<String>,
    severity: Option<f64>,
    #[serde(default)]
    pruned: bool,
    #[serde(default)]
    cancelled: bool,
    #[serde(default)]
    note: Map<String, Value>,
    #[serde(default)]
    constraints: Vec<Constraint>,
}

impl Answer {
    /// What a line says, or what is wrong with it.
    pub(super) fn read(line: &str) -> Result<Self, String> {
        let line: Line = match serde_json::from_str(line) {
            Ok(line) => line,
            Err(error) => serde_json::from_str(&finite(line)).map_err(|_| error.to_string())?,
        };
        let value = match (line.step, line.value) {
            (Some(step), Some(_)) if step > i64::MAX.cast_unsigned() => {
                return Err(format!("a `step` beyond {}", i64::MAX));
            }
            (Some(step), Some(value)) => Some((step, value)),
            (None, None) => None,
            (Some(_), None) => return Err("a `step` without a `value`".to_owned()),
            (None, Some(_)) => return Err("a `value` without a `step`".to_owned()),
        };
        let Line { reward, values, failed, severity, pruned, cancelled, note: notes, constraints, .. } = line;
        let mut said = Said { reward, values, failed, severity, pruned, cancelled, constraints };
        let constraints = said.take_constraints()?;
        let outcome = (!said.is_open()).then(|| said.outcome()).transpose()?;
        if value.is_none() && outcome.is_none() && notes.is_empty() && constraints.is_empty() {
            return Err("it says nothing".to_owned());
        }
        Ok(Self { value, outcome, notes, constraints })
    }

    /// Whether a line of standard output is meant as an answer: it is an object with one of the keys.
    pub(super) fn is_meant(line: &str) -> bool {
        const KEYS: [&str; 8] = ["step", "reward", "values", "failed", "pruned", "cancelled", "note", "constraints"];
        let object = serde_json::from_str::<Map<String, Value>>(&finite(line));
        object.is_ok_and(|object| KEYS.iter().any(|key| object.contains_key(*key)))
    }
}

/// With null for the numbers that some writers of JSON write and none may: `NaN`, `Infinity`, `-Infinity`.
fn finite(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let (mut rest, mut is_quoted) = (line, false);
    'letters: while let Some(letter) = rest.chars().next() {
        if !is_quoted {
            for word in ["NaN", "-Infinity", "Infinity"] {
                if let Some(after) = rest.strip_prefix(word) {
                    text.push_str("null");
                    rest = after;
                    continue 'letters;
                }
            }
        }
        let length = letter.len_utf8();
        // What a backslash stands before within quotes does not end them.
        let length = if is_quoted && letter == '\\' {
            length + rest[length..].chars().next().map_or(0, char::len_utf8)
        } else {
            length
        };
        is_quoted ^= letter == '"';
        text.push_str(&rest[..length]);
        rest = &rest[length..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(line: &str) -> Option<Outcome> {
        Answer::read(line).unwrap().outcome
    }

    #[test]
    fn each_kind_of_line_is_understood() {
        assert_eq!(Answer::read(r#"{"step": 3, "value": 0.71}"#).unwrap().value, Some((3, 0.71)));
        assert_eq!(outcome(r#"{"reward": 1}"#), Some(Outcome::Reward(1.0)));
        assert_eq!(outcome(r#"{"failed": "no \"memory\""}"#), Some(Outcome::Failed("no \"memory\"".to_owned())));
        let bad = Outcome::FailedBy { error: "e".to_owned(), severity: 2.0 };
        assert_eq!(outcome(r#"{"failed": "e", "severity": 2}"#), Some(bad));
        assert_eq!(outcome(r#"{"pruned": true}"#), Some(Outcome::Pruned));
        assert_eq!(outcome(r#"{"cancelled": true}"#), Some(Outcome::Cancelled));
        let values = outcome(r#"{"values": {"accuracy": 0.5, "params": NaN}}"#);
        let Some(Outcome::Scores(values)) = values else { panic!() };
        assert!(values[0] == ("accuracy".into(), 0.5) && values[1].1.is_nan());
        let limited = Answer::read(r#"{"constraints": [{"name": "ms", "value": 3, "at_most": 2}]}"#).unwrap();
        assert_eq!((limited.outcome, limited.constraints[0].excess()), (None, 0.5));
        let both = Answer::read(r#"{"reward": 0.5, "note": {"seconds": 3, "gpu": {"name": "x"}}}"#).unwrap();
        assert_eq!((both.outcome, both.notes.len()), (Some(Outcome::Reward(0.5)), 2));
    }

    #[test]
    fn numbers_that_json_cannot_write_are_read_as_other_languages_write_them() {
        for value in ["NaN", "Infinity", "-Infinity", "null"] {
            let (step, value) = Answer::read(&format!(r#"{{"step": 3, "value": {value}}}"#)).unwrap().value.unwrap();
            assert!(step == 3 && value.is_nan());
        }
        let Some(Outcome::Reward(reward)) = outcome(r#"{"reward": NaN}"#) else { panic!() };
        assert!(reward.is_nan());
        let texts = r#"{"failed": "NaN \" \\ NaN", "severity": Infinity}"#;
        assert_eq!(outcome(texts), Some(Outcome::Failed(r#"NaN " \ NaN"#.to_owned())));
    }

    #[test]
    fn what_says_nothing_is_told_apart() {
        for (line, error) in [
            ("{}", "it says nothing"),
            (r#"{"step": 3}"#, "a `step` without a `value`"),
            (r#"{"value": 3}"#, "a `value` without a `step`"),
            (r#"{"step": -1, "value": 3}"#, "invalid value"),
            (r#"{"reward": "high"}"#, "invalid type"),
            (r#"{"reward": 1, "pruned": true}"#, "say one of"),
            (r#"{"reward": 1, "values": {"a": 1}}"#, "say one of"),
            (r#"{"constraints": [{"name": "ms", "value": 3}]}"#, "the constraint `ms`: it has no limit"),
            (r#"{"accuracy": 1}"#, "unknown field"),
            ("0.93", "invalid type"),
            ("reward 0.93", "expected value"),
        ] {
            let said = Answer::read(line).unwrap_err();
            assert!(said.contains(error), "{line}: {said}");
        }
    }

    #[test]
    fn of_standard_output_only_what_is_meant_counts() {
        for (line, is_meant) in [
            (r#"{"reward": 0.9}"#, true),
            (r#"{"step": 3, "value": NaN}"#, true),
            (r#"{"reward": "x"}"#, true),
            (r#"{"epoch": 3, "loss": 0.2}"#, false),
            ("reward 0.9", false),
            ("", false),
        ] {
            assert_eq!(Answer::is_meant(line), is_meant, "{line}");
        }
    }
}
