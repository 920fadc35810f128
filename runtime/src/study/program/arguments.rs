//! Values of the config in a program's arguments.

use std::ffi::{OsStr, OsString};

use serde_json::{Map, Value};

/// The argument with the values of states that it names between braces. What names no state stays as it is.
pub(super) fn filled(argument: &OsStr, values: &Map<String, Value>) -> OsString {
    let Some(text) = argument.to_str().filter(|text| text.contains('{')) else { return argument.to_owned() };
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find('{') {
        filled.push_str(&rest[..begin]);
        let named = rest[begin + 1..].find('}').and_then(|end| {
            let name = &rest[begin + 1..=begin + end];
            Some((values.get(name)?, begin + end + 2))
        });
        if let Some((value, after)) = named {
            filled.push_str(&shown(value));
            rest = &rest[after..];
        } else {
            filled.push('{');
            rest = &rest[begin + 1..];
        }
    }
    filled.push_str(rest);
    filled.into()
}

/// A text as it is, all else as JSON; nothing of a state that is not decided.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn states_become_values_and_other_braces_stay() {
        let values =
            json!({"Net.width": 64, "Net.rate": 0.1, "Net.op": "conv3x3", "Net.gated": true, "Net.kernel": null});
        let values = values.as_object().unwrap();
        for (argument, expected) in [
            ("--width={Net.width}", "--width=64"),
            ("{Net.op}/{Net.rate}/{Net.gated}", "conv3x3/0.1/true"),
            ("kernel={Net.kernel}.", "kernel=."),
            ("{Net.depth}", "{Net.depth}"),
            ("${HOME}{", "${HOME}{"),
            ("{{Net.width}}", "{64}"),
            (r#"{"a": {Net.width}}"#, r#"{"a": 64}"#),
            ("", ""),
            ("ä{Net.width}ö", "ä64ö"),
        ] {
            assert_eq!(filled(OsStr::new(argument), values), expected);
        }
    }
}
