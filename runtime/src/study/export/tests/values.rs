//! Constants stand with their numbers in all forms, and with their names beside them where both have room.

use serde_json::{Value, json};

use super::{state, study, trial};
use crate::space::Kind;
use crate::study::{Phase, Study, StudyView, TrialRecord};

const WIDE: u32 = 1024;
const RATE: f64 = 0.5;
const WIDE_LOSS: i64 = 7;

#[crate::search_space]
#[derive(Debug, Clone)]
struct Net {
    #[space(choices = [16, WIDE, 1 << 3])]
    width: u32,
    #[space(choices = [RATE, 0.125])]
    rate: f64,
    #[space(choices = [-WIDE_LOSS, WIDE_LOSS], tied)]
    losses: [i64; 2],
    #[space(choices = ["WIDE", "narrow"])]
    name: &'static str,
}

/// All configs of each width and rate.
fn view() -> StudyView {
    let mut study = Study::in_memory().seed(7).trials(6).build::<Net>().unwrap();
    for width in [16, WIDE, 8] {
        for rate in [RATE, 0.125] {
            study.enqueue(Net { width, rate, losses: [-WIDE_LOSS, WIDE_LOSS], name: "WIDE" }).unwrap();
        }
    }
    while let Some(trial) = study.ask().unwrap() {
        let reward = f64::from(trial.width) * trial.rate;
        study.tell(trial, reward).unwrap();
    }
    study.view().unwrap()
}

#[test]
fn a_table_has_the_numbers() {
    let table = view().to_csv().unwrap();
    let mut lines = table.lines();
    assert!(
        lines.next().unwrap().ends_with(",origin,notes,Net.width,Net.rate,Net.losses[0],Net.losses[1],Net.name"),
        "{table}"
    );
    let ends = ["16,0.5", "16,0.125", "1024,0.5", "1024,0.125", "8,0.5", "8,0.125"];
    for (line, end) in lines.zip(ends) {
        assert!(line.ends_with(&format!(",{end},-7,7,WIDE")), "{line}");
    }
}

#[test]
fn an_object_has_numbers_and_names() {
    let written: Value = serde_json::from_str(&view().to_json().unwrap()).unwrap();
    let trial = &written["trials"][2];
    let config = json!({ "Net.width": 1024, "Net.rate": 0.5, "Net.losses": [-7, 7], "Net.name": "WIDE" });
    assert_eq!(trial["config"], config);
    let trace = json!([
        ["Net.width", "WIDE"],
        ["Net.rate", "RATE"],
        ["Net.losses", "-WIDE_LOSS"],
        ["Net.losses", "WIDE_LOSS"],
        ["Net.name", "WIDE"]
    ]);
    assert_eq!(trial["trace"], trace);
}

#[test]
fn a_journal_has_the_numbers_once_trials_tell_all_of_them() {
    let mut study = view();
    let choices = |journal: &str, choices: &str| {
        // The distribution is JSON within JSON.
        let written = serde_json::to_string(&format!(r#"{{"choices":[{choices}]}}"#)).unwrap();
        assert!(journal.contains(written.trim_matches('"')), "{written} is not in {journal}");
    };
    let journal = study.to_optuna_journal().unwrap();
    choices(&journal, "16,1024,8");
    choices(&journal, "0.5,0.125");
    assert!(journal.contains(r#"{\"log\":false,\"step\":14,\"low\":-7,\"high\":7}"#), "{journal}");
    assert!(journal.contains(r#""Net.losses[0]":-7,"Net.losses[1]":7"#), "{journal}");
    study.trials.truncate(4);
    choices(&study.to_optuna_journal().unwrap(), r#""16","WIDE","1<<3""#);
}

#[test]
fn a_report_has_numbers_with_their_names() {
    let page = view().to_html();
    for shown in ["1024 (WIDE)", "8 (1&lt;&lt;3)", "0.5 (RATE)", "7 (WIDE_LOSS)"] {
        assert!(page.contains(shown), "{shown}");
    }
}

/// What a constant stood for is recorded with each trial: it may be another number today.
#[test]
fn a_constant_that_has_changed_has_the_number_of_its_time() {
    let mut study = study();
    study.space.states = vec![state("width", Kind::Integer, &["16", "WIDE"])];
    let of = |number, config: &str| trial(number, Phase::Done, config, &[("width", "WIDE")]);
    let at = |study: &StudyView, row: usize| {
        study
            .to_csv()
            .unwrap()
            .lines()
            .nth(row + 1)
            .and_then(|line| line.rsplit(',').next().map(str::to_owned))
            .unwrap()
    };
    let reward = |trial: TrialRecord| TrialRecord { reward: Some(1.0), ..trial };
    study.trials = vec![of(0, r#"{"width":"WIDE"}"#), of(1, r#"{"width":512}"#)].into_iter().map(reward).collect();
    assert_eq!([0, 1].map(|row| at(&study, row)), ["WIDE", "512"], "earlier versions wrote the name only");
    assert!(study.to_html().contains("512 (WIDE)"));
    study.trials.push(reward(of(2, r#"{"width":1024}"#)));
    assert_eq!([0, 1, 2].map(|row| at(&study, row)), ["WIDE", "512", "1024"]);
    let page = study.to_html();
    assert!(page.contains("WIDE") && !page.contains("(WIDE)"), "two numbers have one name");
}
