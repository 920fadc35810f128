//! Optuna, where it is installed, opens an exported study and finds what is in it.

#[path = "support/skip.rs"]
mod skip;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use transfer_nas::prelude::*;
use transfer_nas::study::{Direction, MemoryStore, NoteRecord, Outcome, Running, Store, Study, StudyView};

#[search_space]
#[derive(Debug, Clone, PartialEq)]
struct Block {
    #[space(choices = [16, 32, 64])]
    width: u32,
    gated: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Net {
    Deep {
        #[space(len = 1..=3)]
        blocks: Vec<Block>,
        #[space(range = 2..=10, step = 2)]
        depth: u8,
    },
    Flat {
        #[space(choices = [0.1, 0.00001])]
        rate: f64,
        #[space(choices = ["a", "ü \"b\""])]
        name: String,
        dropout: Option<bool>,
    },
}

fn objective(trial: &Running<Net>) -> Result<Outcome, String> {
    for step in 0..3 {
        trial
            .report(step, if trial.number() == 4 { f64::NAN } else { step as f64 / 7.0 })
            .map_err(|e| e.to_string())?;
    }
    match trial.config() {
        _ if trial.number() % 5 == 4 => Ok(Outcome::Pruned),
        Net::Flat { dropout: Some(true), .. } => Err("out of memory\nsaid \"the card\"".to_owned()),
        Net::Deep { blocks, .. } => Ok(Outcome::Reward(blocks.iter().map(|block| f64::from(block.width)).sum())),
        Net::Flat { rate, .. } => Ok(Outcome::Reward(*rate)),
    }
}

/// A study with trials in all phases.
fn study() -> StudyView {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let agent = Agent::<Net>::builder().seed(7).build().unwrap();
    let builder = Study::in_store(Arc::clone(&store)).name("über alles").quiet().ctrl_c(false).agent(agent);
    let mut study = builder.trials(62).build::<Net>().unwrap();
    for _ in 0..60 {
        let trial = study.ask().unwrap().unwrap();
        let outcome = Outcome::from(objective(&trial));
        study.tell(trial, outcome).unwrap();
    }
    let _running = study.ask().unwrap().unwrap();
    study.enqueue(Net::Flat { rate: 0.1, name: "a".to_owned(), dropout: None }).unwrap();
    let mut study = study.view().unwrap();
    study.notes = ["12", "[1.5, null]", r#"{"a": "ü\n"}"#].into_iter().zip(0..).map(note).collect();
    study
}

fn note((value, trial): (&str, u64)) -> NoteRecord {
    NoteRecord { trial, attempt: 1, key: "error".to_owned(), value: value.to_owned() }
}

/// Whether there is a Python that has Optuna.
fn has_optuna() -> bool {
    let output = Command::new("python3").args(["-c", "import optuna.storages.journal"]).output();
    let found = output.is_ok_and(|output| output.status.success());
    if !found {
        skip::skipped("no python3 with optuna");
    }
    found
}

#[test]
fn optuna_finds_all_trials() {
    if !has_optuna() {
        return;
    }
    let mut study = study();
    for direction in [Direction::Maximize, Direction::Minimize] {
        study.study.direction = direction;
        check(&study);
    }
}

fn check(study: &StudyView) {
    let folder = tempfile::tempdir().unwrap();
    let [journal, json] = ["study.log", "study.json"].map(|name| folder.path().join(name));
    std::fs::write(&journal, study.to_optuna_journal().unwrap()).unwrap();
    std::fs::write(&json, study.to_json().unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/optuna/check.py");
    let output = Command::new("python3").args([script, journal, json]).output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Opens a study of several objectives with limits, of which Optuna must know the same front.
fn check_several(study: &StudyView) {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("study.log");
    std::fs::write(&journal, study.to_optuna_journal().unwrap()).unwrap();
    let front: Vec<String> = study.front().iter().map(|trial| trial.number.to_string()).collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/optuna/several.py");
    let output = Command::new("python3").arg(script).arg(journal).arg(front.join(",")).output().unwrap();
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[objectives]
struct Both {
    #[objective(maximize)]
    accuracy: f64,
    #[objective(minimize, unit = "ms")]
    latency: f64,
}

#[objectives]
struct Three {
    #[objective(minimize)]
    loss: f64,
    #[objective(minimize)]
    params: f64,
    #[objective(maximize)]
    speed: f64,
}

#[test]
fn optuna_finds_the_front_of_several_objectives() {
    if !has_optuna() {
        return;
    }
    let latency = |trial: &Running<Block>| f64::from(trial.width) * if trial.gated { 0.5 } else { 0.25 };
    let both = move |trial: &Running<Block>| {
        trial.constraint("latency", latency(trial), ..=15.0)?;
        let accuracy = f64::from(trial.width) + f64::from(u8::from(trial.gated));
        Ok::<_, transfer_nas::study::StudyError>(Both { accuracy, latency: latency(trial) })
    };
    let study = Study::in_memory().quiet().ctrl_c(false).objectives::<Both>().trials(6).run_trials(both).unwrap();
    let view = study.view().unwrap();
    assert!(view.front().len() > 1 && view.trials.iter().any(|trial| trial.measured.violation().is_some()));
    check_several(&view);
    let three = |trial: &Running<Block>| {
        let width = f64::from(trial.width);
        Three { loss: 1.0 / width, params: width * width, speed: f64::from(u8::from(trial.gated)) }
    };
    let study = Study::in_memory().quiet().ctrl_c(false).objectives::<Three>().trials(6).run_trials(three).unwrap();
    check_several(&study.view().unwrap());
}
