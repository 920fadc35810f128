//! A small study, written by hand, in each form.

mod cells;
mod measures;
mod places;
mod values;

use super::super::store::{NoteRecord, StateRecord, ValueRecord};
use super::super::{Direction, Millis, Phase, SpaceRecord, StudyRecord, StudyView, TrialRecord};
use crate::space::Kind;

const START: u64 = 1_769_851_800_250;

fn state(state: &str, kind: Kind, actions: &[&str]) -> StateRecord {
    StateRecord { state: state.to_owned(), kind, actions: actions.iter().map(|&label| label.to_owned()).collect() }
}

fn trial(number: u64, phase: Phase, config: &str, decisions: &[(&str, &str)]) -> TrialRecord {
    let is_queued = phase == Phase::Queued;
    TrialRecord {
        number,
        space: 0,
        phase,
        config: config.to_owned(),
        decisions: decisions.iter().map(|&(state, label)| (state.to_owned(), label.to_owned())).collect(),
        task: "default".to_owned(),
        log_prob: -1.5,
        origin: None,
        measured: crate::study::Measured::default(),
        reward: None,
        step: None,
        error: None,
        severity: None,
        handed: u32::from(!is_queued),
        attempt: u32::from(!is_queued),
        failures: 0,
        worker: (!is_queued).then(|| "w1".to_owned()),
        started: (!is_queued).then_some(Millis(START + number)),
        ended: phase.is_final().then_some(Millis(START + number + 1500)),
        asked: None,
        learned: None,
    }
}

fn note(trial: u64, attempt: u32, key: &str, value: &str) -> NoteRecord {
    NoteRecord { trial, attempt, key: key.to_owned(), value: value.to_owned() }
}

/// A trial of each phase, the first of an earlier space.
pub(in crate::study) fn study() -> StudyView {
    let states = vec![
        state("Net", Kind::Variant, &["Deep", "Flat"]),
        state("Net.layers", Kind::Length, &["1", "2", "3"]),
        state("Net.width", Kind::Integer, &["16", "32", "64"]),
        state("Net.rate", Kind::Float, &["0.1", "1e-5"]),
        state("Net.gated", Kind::Flag, &["false", "true"]),
    ];
    let deep = [("Net", "Deep"), ("Net.layers", "2"), ("Net.width", "16"), ("Net.width", "64"), ("Net.gated", "true")];
    let flat = [("Net", "Flat"), ("Net.rate", "1e-5")];
    let trials = vec![
        TrialRecord { reward: Some(0.5), ..trial(0, Phase::Done, "{}", &[("Net", "Old"), ("Net.depth", "7")]) },
        TrialRecord {
            reward: Some(2.0),
            origin: Some("model: neighbour".to_owned()),
            ..trial(1, Phase::Done, r#"{"Net":"Deep","Net.width":[16,64]}"#, &deep)
        },
        TrialRecord {
            error: Some("out of \"memory\",\nsaid the card".to_owned()),
            severity: Some(2.5),
            handed: 3,
            attempt: 3,
            failures: 3,
            ..trial(2, Phase::Failed, "{}", &flat)
        },
        TrialRecord { reward: Some(f64::NEG_INFINITY), step: Some(1), ..trial(3, Phase::Pruned, "{}", &flat) },
        trial(4, Phase::Running, "{}", &flat),
        trial(5, Phase::Queued, "{}", &flat),
    ];
    let value = |row, trial, step, value| ValueRecord { row, trial, attempt: 1, step, value };
    StudyView {
        attempts: Vec::new(),
        workers: Vec::new(),
        notes: vec![
            note(1, 1, "epochs", "12"),
            note(1, 1, "card", "{\"name\": \"=A\\n100\"}"),
            note(2, 1, "seconds", "1.5"),
            note(2, 3, "seconds", "2.5"),
            note(3, 1, "broken", "{"),
        ],
        damaged: Vec::new(),
        read: Millis(START + 90_000),
        study: StudyRecord { trials: 6, done: 2, failed: 1, pruned: 1, ..StudyRecord::new(0, "a", 0, Millis(START)) },
        space: SpaceRecord {
            type_name: "my::Net".to_owned(),
            fingerprint: "00ff".to_owned(),
            outline: r#"{"parts": []}"#.to_owned(),
            states,
        },
        trials,
        values: vec![
            value(1, 1, 10, 0.0),
            value(2, 1, 2, 0.25),
            value(3, 3, 1, f64::NEG_INFINITY),
            value(4, 1, 10, 1.5),
        ],
    }
}

#[test]
fn a_table_has_a_row_a_trial_and_a_column_a_state() {
    let expected = "\
number,phase,reward,error,retries,worker,started,seconds,task,origin,notes,Net,Net.layers,Net.width,Net.rate,Net.gated,Net.depth
0,done,0.5,,0,w1,2026-01-31T09:30:00.250Z,1.5,default,,,Old,,,,,7
1,done,2,,0,w1,2026-01-31T09:30:00.251Z,1.5,default,model: neighbour,\"{\"\"card\"\":{\"\"name\"\":\"\"=A\\n100\"\"},\"\"epochs\"\":12}\",Deep,2,\"[16,64]\",,true,
2,failed,,\"out of \"\"memory\"\",
said the card\",2,w1,2026-01-31T09:30:00.252Z,1.5,default,,\"{\"\"seconds\"\":2.5}\",Flat,,,1e-5,,
3,pruned,-inf,,0,w1,2026-01-31T09:30:00.253Z,1.5,default,,\"{\"\"broken\"\":\"\"{\"\"}\",Flat,,,1e-5,,
4,running,,,0,w1,2026-01-31T09:30:00.254Z,,default,,,Flat,,,1e-5,,
5,queued,,,0,,,,default,,,Flat,,,1e-5,,
";
    assert_eq!(study().to_csv().unwrap(), expected);
}

#[test]
fn an_object_has_all_that_is_known() {
    let written: serde_json::Value = serde_json::from_str(&study().to_json().unwrap()).unwrap();
    assert_eq!((&written["study"], &written["direction"]), (&"a".into(), &"maximize".into()));
    assert_eq!(written["created"], "2026-01-31T09:30:00.250Z");
    assert_eq!(written["space"]["type"], "my::Net");
    assert_eq!(written["space"]["outline"], serde_json::json!({ "parts": [] }));
    assert_eq!(
        written["space"]["states"][4],
        serde_json::json!({ "state": "Net.gated", "kind": "flag", "actions": ["false", "true"] })
    );
    let expected = serde_json::json!({
        "number": 1,
        "phase": "done",
        "reward": 2.0,
        "step": null,
        "error": null,
        "severity": null,
        "retries": 0,
        "worker": "w1",
        "task": "default",
        "log_prob": -1.5,
        "origin": "model: neighbour",
        "notes": { "epochs": 12, "card": { "name": "=A\n100" } },
        "started": "2026-01-31T09:30:00.251Z",
        "ended": "2026-01-31T09:30:01.751Z",
        "seconds": 1.5,
        "config": { "Net": "Deep", "Net.width": [16, 64] },
        "trace": [
            ["Net", "Deep"], ["Net.layers", "2"], ["Net.width", "16"], ["Net.width", "64"], ["Net.gated", "true"]
        ],
        "nested": null,
        "places": ["Net", "Net.layers", "Net.width", "Net.width", "Net.gated"],
        "values": [{ "step": 2, "value": 0.25 }, { "step": 10, "value": 1.5 }],
    });
    assert_eq!(written["trials"][1], expected);
    assert_eq!(written["trials"][2]["origin"], serde_json::Value::Null);
    let notes = [0, 2, 3].map(|trial: usize| written["trials"][trial]["notes"].to_string());
    assert_eq!(notes, ["{}", r#"{"seconds":2.5}"#, r#"{"broken":"{"}"#]);
    assert_eq!((&written["trials"][2]["severity"], &written["trials"][3]["step"]), (&2.5.into(), &1.into()));
    let pruned = serde_json::json!([{ "step": 1, "value": null }]);
    assert_eq!((&written["trials"][3]["reward"], &written["trials"][3]["values"]), (&serde_json::Value::Null, &pruned));
}

#[test]
fn a_damaged_outline_is_an_error() {
    let mut study = study();
    study.space.outline = "{".to_owned();
    let error = study.to_json().unwrap_err().to_string();
    assert!(error.starts_with("the study `a` could not be exported: EOF"), "{error}");
}

/// What Optuna's own storage writes, but for the order of some names.
#[test]
fn a_journal_has_the_lines_of_optuna() {
    assert_eq!(study().to_optuna_journal().unwrap(), include_str!("journal.log"));
}

/// The rewards stay as they were told in all forms.
#[test]
fn a_study_that_is_minimised_says_so() {
    let (highest, mut lowest) = (study(), study());
    lowest.study.direction = Direction::Minimize;
    assert_eq!(lowest.to_csv().unwrap(), highest.to_csv().unwrap());
    let json = highest.to_json().unwrap().replace(r#""direction": "maximize""#, r#""direction": "minimize""#);
    assert_eq!(lowest.to_json().unwrap(), json);
    let journal = highest.to_optuna_journal().unwrap().replace(r#""directions":[2]"#, r#""directions":[1]"#);
    assert_eq!(lowest.to_optuna_journal().unwrap(), journal);
    assert!(json.contains("minimize") && journal.contains(r#""directions":[1]"#));
}
