//! The Python client evaluates a study that `transfer-nas serve` gives out, where there is a Python.

#[path = "support/skip.rs"]
mod skip;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use transfer_nas::prelude::*;
use transfer_nas::study::{Phase, Study, StudyView, location};

#[search_space]
#[derive(Debug)]
struct Net {
    #[space(range = 1..=1000)]
    layers: u32,
    #[space(len = 1..=3)]
    blocks: Vec<Block>,
}

#[search_space]
#[derive(Debug)]
struct Block {
    #[space(choices = [16, 32, 64])]
    width: u32,
}

const TRIALS: u64 = 20;

/// A service that ends with the test.
struct Service {
    process: Child,
    url: String,
}

impl Service {
    /// Reads from its first line where it listens.
    fn start(store: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_transfer-nas"));
        command.arg("serve").arg(store).args(["--listen", "127.0.0.1:0"]).env_remove("TRANSFER_NAS_TOKEN");
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no address in `{line}`")).to_owned();
        Self { process, url }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The client's own tests, the one with a real service included.
fn python(service: &Service, study: &str) -> Command {
    let mut command = Command::new("python3");
    command.args(["-B", "-m", "unittest", "-v", "test_transfer_nas"]);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients/python"));
    command.env_remove("TRANSFER_NAS_TOKEN");
    command.env("TRANSFER_NAS_TEST_URL", &service.url).env("TRANSFER_NAS_TEST_STUDY", study);
    command
}

#[test]
fn python_evaluates_a_study_to_its_end() {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return skip::skipped("there is no python3");
    }
    let (folder, name) = (tempfile::tempdir().unwrap(), "a / study?");
    let store = folder.path().join("runs.db");
    let study = Study::open(&store).unwrap().name(name).quiet().ctrl_c(false).retries(1).trials(TRIALS);
    let mut study = study.build::<Net>().unwrap();
    let service = Service::start(&store);
    let leader = std::thread::spawn(move || study.lead().map(|_| ()));
    let output = python(&service, name).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("test_a_study_is_evaluated_to_its_end") && !said.contains("TRANSFER_NAS_TEST_URL"), "{said}");
    leader.join().unwrap().unwrap();
    check(&StudyView::read(&*location::open_existing(&store).unwrap(), name).unwrap());
}

/// Every fifth trial failed once, of an exception; all have the rewards and notes that their configs say.
fn check(view: &StudyView) {
    assert_eq!(view.study.done, TRIALS);
    for trial in &view.trials {
        assert_eq!((trial.phase, trial.attempt), (Phase::Done, if trial.number % 5 == 4 { 2 } else { 1 }));
        let note = view.notes.iter().find(|note| (note.trial, note.attempt) == (trial.number, trial.attempt)).unwrap();
        let values: std::collections::BTreeMap<String, serde_json::Value> = serde_json::from_str(&note.value).unwrap();
        let decided = values.values().filter(|value| !value.is_null()).count();
        assert_eq!((note.key.as_str(), decided), ("values", trial.decisions.len()));
        let sum: u64 = values.values().filter_map(serde_json::Value::as_u64).sum();
        assert_eq!(trial.reward, Some(sum as f64));
    }
    let failures: Vec<&str> = view.attempts.iter().filter_map(|attempt| attempt.error.as_deref()).collect();
    assert_eq!(failures.len(), TRIALS as usize / 5);
    assert!(failures.iter().all(|text| text.ends_with("RuntimeError: on purpose")), "{failures:?}");
    let last = |trial: u64| view.curves().into_iter().find(|curve| curve.0 == trial).unwrap().1;
    assert_eq!(last(0), [(0, f64::NEG_INFINITY), (1, view.trials[0].reward.unwrap())], "NaN is the worst of all");
}
