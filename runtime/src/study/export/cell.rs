//! What stands in a cell of a table, so that every reader knows a text from nothing, and from a number or a formula.

use std::borrow::Cow;

use serde_json::Number;

use crate::space::Kind;

/// What readers take for a missing value: an empty cell, and the words that pandas knows by default.
const MISSING: [&str; 19] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// A decision as it stands in a cell.
#[derive(Debug, Clone)]
pub(super) struct Decided<'a> {
    /// None of a state that the space does not have any more.
    pub(super) kind: Option<Kind>,
    pub(super) label: &'a str,
    /// The number that the label is the name of.
    pub(super) value: Option<Number>,
}

/// A text, which is never an empty cell. It stands as it is, but as a JSON string where that could be taken for something else: for
/// a missing value, for JSON, or for the formula of a spreadsheet.
pub(super) fn of_text(text: &str) -> Cow<'_, str> {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@']) && text.parse::<f64>().is_err();
    if is_formula || text.starts_with(['"', '[']) || MISSING.contains(&text) {
        return Cow::Owned(json(text));
    }
    Cow::Borrowed(text)
}

/// The decisions of one state in a trial: nothing where there is none, the number or else the label of one, a JSON array of several.
pub(super) fn of_decisions(decisions: &[Decided<'_>]) -> String {
    match decisions {
        [] => String::new(),
        [Decided { value: Some(value), .. }] => value.to_string(),
        [one] => of_text(one.label).into_owned(),
        several => format!("[{}]", several.iter().map(Decided::item).collect::<Vec<_>>().join(",")),
    }
}

impl Decided<'_> {
    /// As an item of an array: numbers and flags are those of JSON.
    fn item(&self) -> String {
        if let Some(value) = &self.value {
            return value.to_string();
        }
        let is_of_json = match self.kind {
            Some(Kind::Integer | Kind::Float | Kind::Length) => self.label.parse::<Number>().is_ok(),
            Some(Kind::Flag) => self.label.parse::<bool>().is_ok(),
            _ => false,
        };
        if is_of_json { self.label.to_owned() } else { json(self.label) }
    }
}

fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
