//! What a run says on standard error at once: its first failure, and what it takes over from a process that is gone.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use transfer_nas::study::{Running, Study};

/// What a process of the tests does, and the file of its study.
const ROLE: &str = "TRANSFER_NAS_LINES_ROLE";
const FILE: &str = "TRANSFER_NAS_LINES_FILE";

#[transfer_nas::search_space]
#[derive(Debug)]
struct Config {
    #[space(range = 0..=99)]
    number: u8,
}

#[test]
#[ignore = "a process of the tests below"]
fn process() {
    let (Ok(role), Ok(file)) = (std::env::var(ROLE), std::env::var(FILE)) else { return };
    let study = Study::open(file).unwrap().name("lines").seed(1).trials(4);
    let run = study.run_trials(move |trial: &Running<Config>| {
        println!("begun");
        match &*role {
            "hang" => std::thread::sleep(Duration::from_mins(5)),
            "fail" if trial.number() < 3 => return Err(format!("no memory\u{1b}[2J for {}", trial.number())),
            _ => {}
        }
        Ok(f64::from(trial.number))
    });
    run.unwrap();
}

fn start(role: &str, file: &Path) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "process", "--ignored", "--nocapture"]).env(ROLE, role).env(FILE, file);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What a process says on standard error until it ends.
fn said(role: &str, file: &Path) -> String {
    let output = start(role, file).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

#[test]
fn the_first_failure_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let said = said("fail", &folder.path().join("runs.db"));
    // Standard error is no terminal: each trial has a line of its own, and so the first failure has no other one.
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(": trial ")).collect();
    assert_eq!(lines.len(), 4, "{said}");
    for (i, line) in lines[..3].iter().enumerate() {
        assert!(line.starts_with(&format!(r"lines: trial {i}: failed: no memory\u{{1b}}[2J for {i}, ")), "{line}");
    }
    let (last, best) = lines[3].split_once("; ").unwrap();
    assert!(last.starts_with("lines: trial 3: ") && best.ends_with(" (trial 3)"), "{}", lines[3]);
}

#[test]
fn a_process_that_is_gone_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("runs.db");
    let mut first = start("hang", &file);
    let output = BufReader::new(first.stdout.take().unwrap());
    assert!(output.lines().map_while(Result::ok).any(|line| line.contains("begun")));
    first.kill().unwrap();
    first.wait().unwrap();
    let begin = Instant::now();
    let said = said("go on", &file);
    assert!(begin.elapsed() < Duration::from_secs(20), "it waits {:?} for a process that is gone", begin.elapsed());
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("is gone")).collect();
    let [line] = *lines else { panic!("{said}") };
    assert!(line.starts_with(&format!("lines: process {} on ", first.id())), "{line}");
    assert!(line.ends_with(" is gone or gives no heartbeat; its trials go to others"), "{line}");
}
