//! Several objectives and limits, in each form.

use serde_json::{Value, json};

use super::study;
use crate::study::{Constraint, Measured, Objective, Phase, StudyRecord, StudyView, TrialRecord};

/// Two objectives, two limits; the second trial exceeds one of them, and of the third one nothing is known.
fn several() -> StudyView {
    let mut view = study();
    let objectives = vec![Objective::maximize("accuracy"), Objective::minimize("params").unit("millions")];
    view.study = StudyRecord { objectives, ..view.study };
    let limit = |name: &str, value, at_most| Constraint { name: name.to_owned(), value, at_least: None, at_most };
    let measured = |values: [f64; 2], latency| Measured {
        values: values.to_vec(),
        constraints: vec![limit("latency, ms", latency, Some(10.0)), limit("memory", 0.5, Some(1.0))],
    };
    let [mut first, mut second, third] = [0, 1, 2].map(|place: usize| view.trials[place].clone());
    (first.reward, first.measured) = (Some(0.5), measured([0.5, 3.0], 5.0));
    (second.reward, second.measured) = (None, measured([0.9, 7.5], 12.0));
    view.trials = vec![first, second, TrialRecord { phase: Phase::Failed, ..third }];
    view
}

#[test]
fn a_table_has_a_column_for_each() {
    let table = several().to_csv().unwrap();
    let mut lines = csv::Reader::from_reader(table.as_bytes());
    let headers = lines.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    let column = |name: &str| {
        let place = headers.iter().position(|header| header == name).unwrap_or_else(|| panic!("{name} in {headers:?}"));
        rows.iter().map(|row| row[place].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(column("reward"), ["0.5", "", ""]);
    assert_eq!(column("objective:accuracy"), ["0.5", "0.9", ""]);
    assert_eq!(column("objective:params"), ["3", "7.5", ""]);
    assert_eq!(column("constraint:latency, ms"), ["5", "12", ""]);
    assert_eq!(column("constraint:memory"), ["0.5", "0.5", ""]);
    assert_eq!(column("violation"), ["0", "0.2", ""]);
    // One objective without limits has none of these.
    assert!(!study().to_csv().unwrap().contains("objective:") && !study().to_csv().unwrap().contains("violation"));
}

#[test]
fn an_object_has_names_and_values() {
    let object: Value = serde_json::from_str(&several().to_json().unwrap()).unwrap();
    let params = json!({"name": "params", "direction": "minimize", "unit": "millions"});
    assert_eq!(object["objectives"], json!([{"name": "accuracy", "direction": "maximize"}, params]));
    let trials = &object["trials"];
    assert_eq!(trials[0]["scores"], json!({"accuracy": 0.5, "params": 3.0}));
    assert_eq!(trials[1]["reward"], Value::Null);
    assert_eq!(trials[1]["scores"], json!({"accuracy": 0.9, "params": 7.5}));
    assert_eq!(trials[1]["constraints"][0], json!({"name": "latency, ms", "value": 12.0, "at_most": 10.0}));
    assert_eq!((&trials[0]["violation"], trials[1]["violation"].as_f64()), (&json!(0.0), Some(0.2)));
    assert_eq!(trials[2].get("scores"), None);
}

#[test]
fn a_journal_is_one_of_several_objectives() {
    let journal = several().to_optuna_journal().unwrap();
    let lines: Vec<Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["directions"], json!([2, 1]));
    assert_eq!(lines[1]["system_attr"], json!({"study:metric_names": ["accuracy", "params"]}));
    let trials: Vec<&Value> = lines.iter().filter(|line| line["op_code"] == 4).collect();
    assert_eq!((&trials[0]["values"], &trials[0]["value"]), (&json!([0.5, 3.0]), &Value::Null));
    assert_eq!((&trials[1]["values"], &trials[1]["state"]), (&json!([0.9, 7.5]), &json!(1)));
    assert_eq!(trials[0]["system_attrs"], json!({"constraints": [-0.5, -0.5]}));
    assert_eq!(trials[1]["system_attrs"], json!({"constraints": [0.2, -0.5]}));
    assert_eq!((&trials[2]["values"], &trials[2]["system_attrs"]), (&Value::Null, &json!({})));
}

#[test]
fn of_one_objective_what_exceeds_a_limit_has_its_value_in_a_journal() {
    let mut view = several();
    view.study.objectives = Vec::new();
    for trial in &mut view.trials {
        trial.measured.values.truncate(1);
    }
    view.trials[0].measured.values = Vec::new();
    let journal = view.to_optuna_journal().unwrap();
    let trials: Vec<Value> = journal.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let trials: Vec<&Value> = trials.iter().filter(|line| line["op_code"] == 4).collect();
    assert_eq!((&trials[0]["value"], &trials[0]["values"]), (&json!(0.5), &Value::Null));
    assert_eq!((&trials[1]["value"], &trials[1]["state"]), (&json!(0.9), &json!(1)));
    let object: Value = serde_json::from_str(&view.to_json().unwrap()).unwrap();
    assert_eq!(object["trials"][1]["scores"], json!({"reward": 0.9}));
}
