//! What a table holds is what the study has, for a reader that knows what `to_csv` says of cells.

use std::collections::HashMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{state, study, trial};
use crate::space::Kind;
use crate::study::{Phase, StudyView, TrialRecord};

/// Texts that readers take for something else.
const HOSTILE: [&str; 34] = [
    "",
    "None",
    "NA",
    "nan",
    "NaN",
    "-nan",
    "null",
    "NULL",
    "N/A",
    "n/a",
    "<NA>",
    "#N/A",
    "1.#IND",
    "a;b",
    ";",
    "a,b",
    ",",
    "\"",
    "\"a\"",
    "a\nb",
    "\r\n",
    " a ",
    "=1+1",
    "+a",
    "-O2",
    "@sum",
    "\t=1",
    "[1,2]",
    "[",
    "\\",
    "-1",
    "1e-5",
    "true",
    "\u{1b}[31m",
];

/// Labels of a state, those it decides in a trial, and texts of the trial.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(HOSTILE.as_slice()).prop_map(str::to_owned),
        any::<String>(),
        "[-+=@\\[\";, a1\n]{0,4}"
    ]
}

fn texts() -> impl Strategy<Value = Option<String>> {
    prop::option::of(text())
}

fn with(decisions: &[(&str, String)], error: Option<String>, origin: Option<String>) -> StudyView {
    let decisions: Vec<(&str, &str)> = decisions.iter().map(|(state, label)| (*state, label.as_str())).collect();
    let mut study = study();
    study.space.states =
        vec![state("once", Kind::Text, &[]), state("often", Kind::Text, &[]), state("never", Kind::Text, &[])];
    study.trials = vec![TrialRecord { origin, error, ..trial(0, Phase::Failed, "{}", &decisions) }];
    study
}

/// The only row by column, as a reader of CSV sees it.
fn row(table: &str) -> HashMap<String, String> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let [row] = &rows[..] else { panic!("{} rows: {table}", rows.len()) };
    names.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect()
}

/// What a cell says.
fn read(cell: &str) -> Vec<String> {
    match cell.chars().next() {
        None => Vec::new(),
        Some('[') => serde_json::from_str(cell).unwrap(),
        Some('"') => vec![serde_json::from_str(cell).unwrap()],
        Some(_) => vec![cell.to_owned()],
    }
}

proptest! {
    #[test]
    fn every_text_comes_back(
        once in texts(), often in vec(text(), 0..4), error in texts(), origin in texts(),
    ) {
        let decided = once.iter().map(|label| ("once", label.clone()));
        let decided = decided.chain(often.iter().map(|label| ("often", label.clone()))).collect::<Vec<_>>();
        let row = row(&with(&decided, error.clone(), origin.clone()).to_csv().unwrap());
        prop_assert_eq!(read(&row["once"]), once.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(read(&row["often"]), often);
        prop_assert_eq!(read(&row["never"]), [] as [String; 0]);
        prop_assert_eq!(read(&row["error"]), error.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(read(&row["origin"]), origin.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn only_what_is_missing_reads_like_it_and_nothing_like_a_formula(label in text()) {
        let row = row(&with(&[("once", label.clone())], Some(label), None).to_csv().unwrap());
        for cell in [&row["once"], &row["error"]] {
            // The words of pandas' documentation of `na_values`.
            let words = "#N/A|#N/A N/A|#NA|-1.#IND|-1.#QNAN|-NaN|-nan|1.#IND|1.#QNAN|<NA>|N/A|NA|NULL|NaN|None|n/a|nan|null";
            prop_assert!(!cell.is_empty() && words.split('|').all(|word| word != cell), "{:?}", cell);
            let is_formula = cell.trim_start().starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
            prop_assert!(!is_formula, "{:?}", cell);
        }
    }
}

#[test]
fn most_texts_stand_as_they_are() {
    let shown =
        |label: &str| row(&with(&[("once", label.to_owned())], None, None).to_csv().unwrap()).remove("once").unwrap();
    for label in
        ["relu", "a;b", "a,b", "say \"a\"", "16", "-1", "-1e-5", "1e-5", "-inf", "none", "true", "3x3", "a\nb", "Größe"]
    {
        assert_eq!(shown(label), label);
    }
    for (label, cell) in
        [("None", r#""None""#), ("", r#""""#), ("-O2", r#""-O2""#), ("[1]", r#""[1]""#), ("\"", r#""\"""#)]
    {
        assert_eq!(shown(label), cell);
    }
}

#[test]
fn several_decisions_are_an_array_of_their_kind() {
    let mut study = study();
    study.space.states = vec![
        state("number", Kind::Integer, &["16", "WIDE"]),
        state("flag", Kind::Flag, &["false", "true"]),
        state("text", Kind::Text, &["16", "a;b"]),
    ];
    let twice =
        [("number", "16"), ("flag", "true"), ("text", "16"), ("text", "a;b"), ("flag", "false"), ("number", "WIDE")];
    study.trials = vec![trial(0, Phase::Done, "{}", &[&twice[..], &[("gone", "1"), ("gone", "2")]].concat())];
    let row = row(&study.to_csv().unwrap());
    let shown = ["number", "flag", "text", "gone"].map(|state| row[state].as_str());
    assert_eq!(shown, [r#"[16,"WIDE"]"#, "[true,false]", r#"["16","a;b"]"#, r#"["1","2"]"#]);
}
