//! Ctrl-C: a process that runs a study, and the signal that a terminal sends.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use transfer_nas::Agent;
use transfer_nas::study::{Ending, Study};

/// Says that this is the process to be interrupted, and how long its trials take, in milliseconds.
const TRIAL: &str = "TRANSFER_NAS_INTERRUPT_TRIAL";

#[transfer_nas::search_space]
#[derive(Debug)]
struct Config {
    #[space(range = 0..=9)]
    digit: u8,
}

#[test]
#[ignore = "the process of the tests below"]
fn process() {
    let Some(trial) = std::env::var(TRIAL).ok().and_then(|text| text.parse().ok()) else { return };
    let agent = Agent::<Config>::builder().seed(7).build().unwrap();
    let study = Study::in_memory().quiet().agent(agent).workers(2).run(move |config: &Config| {
        println!("begun");
        std::thread::sleep(Duration::from_millis(trial));
        f64::from(config.digit)
    });
    let study = study.unwrap();
    let summary = study.summary().unwrap();
    assert_eq!(summary.ending, Ending::Interrupted);
    assert!(study.trials().unwrap().iter().all(|row| row.reward.is_some()), "all trials were finished");
    println!("left with {} trials", summary.done);
}

/// A process in which two trials have begun, and what it prints then.
fn start(trial: Duration) -> (Child, impl Iterator<Item = String>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "process", "--ignored", "--nocapture"]);
    command.env(TRIAL, trial.as_millis().to_string()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(lines.by_ref().filter(|line| line.contains("begun")).take(2).count(), 2);
    (child, lines)
}

fn interrupt(child: &Child) {
    let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

#[test]
fn the_first_one_finishes_what_runs() {
    let (mut child, lines) = start(Duration::from_millis(300));
    interrupt(&child);
    let left: Vec<String> = lines.filter(|line| line.contains("left with")).collect();
    assert_eq!(left, ["left with 2 trials"]);
    assert!(child.wait().unwrap().success());
}

#[test]
fn the_second_one_ends_the_process() {
    let (mut child, lines) = start(Duration::from_mins(1));
    interrupt(&child);
    std::thread::sleep(Duration::from_millis(200));
    assert!(child.try_wait().unwrap().is_none(), "the first one ends nothing");
    interrupt(&child);
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&child.wait().unwrap()), Some(2));
    assert_eq!(lines.filter(|line| line.contains("left with")).count(), 0);
}
