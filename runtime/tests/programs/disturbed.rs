//! Programs and workers that are ended at random: nobody is left, and no trial is lost or told twice.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use transfer_nas::study::{AttemptEnd, AttemptRecord, Ending, MedianPruner, Phase, Study};

use crate::Net;
use crate::place::{Place, signal};

/// How many programs are started at least; more by this variable.
const PROGRAMS: (&str, u64) = ("TRANSFER_NAS_PROGRAMS", 60);

/// By the trial's quality it answers, fails, hangs (and is timed out), is pruned, or is deaf to being asked to end; and leaves a child behind.
const SCRIPT: &str = r#"
echo $$ >> "$STARTED"
sh -c 'sleep 60; true' &
case $(($1 % 5)) in
    0) while :; do sleep 60 & wait; done ;;
    1) trap '' TERM; while :; do sleep 60; done ;;
    2) exit 1 ;;
esac
for step in 1 2 3; do echo "{\"step\": $step, \"value\": $1}" >> "$TRANSFER_NAS_RESULTS"; sleep 0.05; done
echo "{\"reward\": $1}" >> "$TRANSFER_NAS_RESULTS"
"#;

fn start(place: &Place) -> Child {
    let options = ["--study", "net", "--parallel", "3", "--timeout", "400ms", "--grace", "200ms", "--wait", "20s"];
    let mut command = place.worker(&place.path("runs.db"), &options, &place.path("script.sh"));
    command.arg("{Net.quality}").env("STARTED", place.path("started")).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn whatever_ends_them_nobody_is_left_and_no_trial_is_lost() {
    let programs = std::env::var(PROGRAMS.0).ok().and_then(|text| text.parse().ok()).unwrap_or(PROGRAMS.1);
    let place = Place::new();
    place.write_script(SCRIPT);
    let builder = Study::open(place.path("runs.db")).unwrap().name("net").seed(5).trials(programs).quiet();
    let builder = builder.ctrl_c(false).pruner(MedianPruner::new().startup(2)).retries(1);
    let mut study = builder.abandon_after(Duration::from_secs(2)).build::<Net>().unwrap();
    let leader = std::thread::spawn(move || study.lead().map(|summary| (study, summary)));
    let mut workers: Vec<Child> = (0..3).map(|_| start(&place)).collect();
    let (mut random, begin, mut deeds) = (StdRng::seed_from_u64(5), Instant::now(), [0; 3]);
    while !leader.is_finished() {
        assert!(begin.elapsed() < Duration::from_secs(60 + 3 * programs), "it does not end");
        std::thread::sleep(Duration::from_millis(random.random_range(10..120)));
        match random.random_range(0..4) {
            // A worker is killed, or asked to go; another one comes.
            0 => {
                let worker = random.random_range(0..workers.len());
                let name = ["KILL", "TERM"][random.random_range(0..2)];
                signal(workers[worker].id(), name);
                let mut gone = std::mem::replace(&mut workers[worker], start(&place));
                gone.wait().unwrap();
                deeds[usize::from(name == "TERM")] += 1;
            }
            // One of the programs is killed, or of their children, or those who watch over them.
            1 => {
                let workers: Vec<u32> = workers.iter().map(Child::id).collect();
                let mut others = place.processes();
                others.retain(|pid| !workers.contains(pid));
                if !others.is_empty() {
                    signal(others[random.random_range(0..others.len())], "KILL");
                    deeds[2] += 1;
                }
            }
            _ => {}
        }
    }
    let (study, summary) = leader.join().unwrap().unwrap();
    for worker in &mut workers {
        worker.wait().unwrap();
    }
    place.nobody_is_left();
    let started = fs::read_to_string(place.path("started")).unwrap().lines().count();
    let view = study.view().unwrap();
    println!(
        "{started} programs; workers killed {}, asked to go {}, processes killed {}",
        deeds[0], deeds[1], deeds[2]
    );
    println!("{} done, {} pruned, {} failed", summary.done, summary.pruned, summary.failed);
    assert_eq!((summary.ending, view.trials.len() as u64), (Ending::Complete, programs));
    for row in study.trials().unwrap() {
        let quality = row.config.as_ref().unwrap().quality;
        match row.phase {
            Phase::Done => assert_eq!((row.reward, quality % 5 > 2), (Some(f64::from(quality)), true)),
            Phase::Pruned => assert_eq!(row.reward, Some(f64::from(quality))),
            phase => assert_eq!(phase, Phase::Failed),
        }
    }
    // Each attempt ended once: by its trial, or beside it.
    for trial in &view.trials {
        let is_beside = |attempt: &&AttemptRecord| attempt.trial == trial.number && attempt.attempt != trial.attempt;
        let beside: Vec<_> = view.attempts.iter().filter(is_beside).collect();
        let failed = beside.iter().filter(|attempt| attempt.end == AttemptEnd::Failed).count();
        let last = u32::from(trial.phase == Phase::Failed && trial.failures > 0);
        assert!(failed as u32 + last >= trial.failures, "{trial:?} {beside:?}");
        assert!(beside.iter().all(|attempt| attempt.end != AttemptEnd::Done), "no trial is told twice: {beside:?}");
        assert_eq!(beside.len() as u32 + 1, trial.handed, "{trial:?} {beside:?}");
    }
}
