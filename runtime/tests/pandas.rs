//! pandas, where it is installed, reads back every value of a study from its table.

#[path = "support/skip.rs"]
mod skip;

use std::path::Path;
use std::process::Command;

use transfer_nas::prelude::*;
use transfer_nas::search::RandomSearch;
use transfer_nas::study::{NoteRecord, Study};

const WIDE: u32 = 1024;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Padding {
    /// A name that pandas takes for a missing value.
    None,
    Same,
    Constant(#[space(choices = [0.0, 0.1, 1e-5, -0.5])] f64),
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Layer {
    #[space(choices = [16, WIDE, 1 << 3])]
    width: u32,
    padding: Padding,
    gated: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Net {
    #[space(len = 0..=3)]
    layers: Vec<Layer>,
    head: Layer,
    tail: Option<Layer>,
    #[space(choices = ["NA", "", "null", "a,b", "\"x\"", "[y]", "=z", "1", "-", " padded "])]
    name: &'static str,
    #[space(choices = [0.1, 1e-300, 123_456_789.123])]
    rate: f64,
    #[space(subset = ["relu", "nan", "elu"])]
    activations: Vec<&'static str>,
    #[space(permutation = ["N/A", "conv", "pool"])]
    order: Vec<&'static str>,
}

fn reward(net: &Net) -> Result<f64, &'static str> {
    match (&net.head.padding, net.layers.len()) {
        (Padding::None, 0) => Err("None"),
        (Padding::None, _) => Err("no, \"never\"\nNA"),
        (_, len) => Ok(net.rate / 3.0 + f64::from(net.head.width) * len as f64),
    }
}

/// Of all trials but some.
fn notes(trial: u64) -> Option<NoteRecord> {
    let value = [r#""NA, \"x\"""#, "12", "[1.5, null]", r#"{"a": "=1"}"#][trial as usize % 4].to_owned();
    (!trial.is_multiple_of(3)).then(|| NoteRecord { trial, attempt: 1, key: "=a key,".to_owned(), value })
}

#[test]
fn pandas_finds_all_values() {
    let found = Command::new("python3").args(["-c", "import pandas"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return skip::skipped("no python3 with pandas");
    }
    let study = Study::in_memory().quiet().searcher(RandomSearch::<Net>::new(1)).trials(500).run(reward).unwrap();
    let mut study = study.view().unwrap();
    study.notes = (0..200).filter_map(notes).collect();
    let folder = tempfile::tempdir().unwrap();
    let [table, object] = ["study.csv", "study.json"].map(|name| folder.path().join(name));
    std::fs::write(&table, study.to_csv().unwrap()).unwrap();
    std::fs::write(&object, study.to_json().unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pandas/check.py");
    let output = Command::new("python3").args([script, table, object]).output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
