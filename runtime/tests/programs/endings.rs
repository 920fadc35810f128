//! How a worker comes to its end, and what becomes of the programs that it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use transfer_nas::study::{AttemptEnd, Ending, MedianPruner, Phase, Program, Study, StudyView, Worker, location};

use crate::Net;
use crate::place::{Place, signal, wait_for};

/// A study in a file with trials that wait.
fn queue(place: &Place, trials: u32) -> PathBuf {
    let file = place.path("runs.db");
    let mut study = Study::open(&file).unwrap().name("net").trials(trials.into()).build::<Net>().unwrap();
    for quality in 1..=trials {
        let layers = vec![crate::Layer { width: 16, is_gated: false }];
        study.enqueue(Net { layers, optimizer: crate::Optimizer::Adam, quality }).unwrap();
    }
    study.leave().unwrap();
    file
}

fn view(file: &Path) -> StudyView {
    StudyView::read(&*location::open_read_only(file).unwrap(), "net").unwrap()
}

fn phases(file: &Path) -> Vec<Phase> {
    view(file).trials.iter().map(|trial| trial.phase).collect()
}

/// Fails where it takes long.
fn ended(mut child: Child) -> (bool, String) {
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < Duration::from_secs(20), "the worker does not end");
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

/// A worker with two programs that run until the file `go` is there.
fn busy(place: &Place, file: &Path, options: &[&str]) -> Child {
    let script = place.write_script(&format!(
        "touch '{0}'/begun-$TRANSFER_NAS_TRIAL-$TRANSFER_NAS_ATTEMPT
         (sleep 60) &
         while test ! -e '{0}'/go; do sleep 0.02; done
         echo '{{\"reward\": 1}}' > \"$TRANSFER_NAS_RESULTS\"",
        place.folder.path().display()
    ));
    let options = [&["--parallel", "2", "--grace", "2s"], options].concat();
    let child = place.worker(file, &options, &script).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("two programs", || ["begun-0-1", "begun-1-1"].iter().all(|name| place.path(name).exists()));
    child
}

#[test]
fn with_one_interrupt_programs_are_finished_and_no_more_begun() {
    let place = Place::new();
    let file = queue(&place, 4);
    let child = busy(&place, &file, &[]);
    signal(child.id(), "INT");
    std::thread::sleep(Duration::from_millis(300));
    fs::write(place.path("go"), "").unwrap();
    let (is_success, said) = ended(child);
    assert!(is_success, "{said}");
    assert_eq!(phases(&file), [Phase::Done, Phase::Done, Phase::Queued, Phase::Queued], "{said}");
    place.nobody_is_left();
}

#[test]
fn with_a_second_interrupt_or_by_a_wish_to_terminate_trials_are_handed_back_at_once() {
    for signals in [&["INT", "INT"][..], &["TERM"]] {
        let place = Place::new();
        let file = queue(&place, 3);
        let child = busy(&place, &file, &[]);
        for name in signals {
            signal(child.id(), name);
            std::thread::sleep(Duration::from_millis(100));
        }
        let begin = Instant::now();
        let (is_success, said) = ended(child);
        assert!(is_success && begin.elapsed() < Duration::from_secs(3), "{:?} {said}", begin.elapsed());
        let view = view(&file);
        assert!(view.trials.iter().all(|trial| (trial.phase, trial.failures) == (Phase::Queued, 0)), "{said}");
        assert_eq!(view.attempts.iter().map(|attempt| attempt.end).collect::<Vec<_>>(), [AttemptEnd::Returned; 2]);
        assert!(said.contains("net: the programs that run are ended, and their trials handed back\n"), "{said}");
        place.nobody_is_left();
    }
}

#[test]
fn with_a_worker_that_is_killed_its_programs_end_and_its_trials_go_to_others() {
    let place = Place::new();
    let file = queue(&place, 2);
    let mut child = busy(&place, &file, &[]);
    child.kill().unwrap();
    child.wait().unwrap();
    place.nobody_is_left();
    fs::write(place.path("go"), "").unwrap();
    let store = location::open(&file).unwrap();
    let script = Program::new("/bin/sh").arg(place.path("script.sh"));
    let summary = Worker::new(store, "net").quiet().max_idle(Duration::from_secs(1)).run(script).unwrap();
    assert_eq!((summary.done, summary.failed), (2, 0));
    assert_eq!(phases(&file), [Phase::Done; 2]);
    let view = view(&file);
    assert!(view.trials.iter().all(|trial| trial.attempt == 2 && trial.failures == 0));
    assert_eq!(view.attempts.iter().map(|attempt| attempt.end).collect::<Vec<_>>(), [AttemptEnd::Lost; 2]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_watch_that_somebody_kills_has_a_successor() {
    let place = Place::new();
    let file = queue(&place, 2);
    let mut child = busy(&place, &file, &[]);
    let watches = || {
        let line = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        place.processes().into_iter().filter(|pid| line(pid).contains("transfer-nas-watch")).collect::<Vec<_>>()
    };
    let before = watches();
    assert_eq!(before.len(), 2);
    for pid in &before {
        signal(*pid, "KILL");
    }
    wait_for("their successors", || watches().len() == 2 && watches().iter().all(|pid| !before.contains(pid)));
    child.kill().unwrap();
    child.wait().unwrap();
    place.nobody_is_left();
}

#[test]
fn two_attempts_are_never_in_one_directory_at_the_same_time() {
    let place = Place::new();
    let file = queue(&place, 1);
    // Asked to end, it writes for a second more; another one that is there meanwhile sees it.
    let script = place.write_script(
        r#"
        mkdir "$TRANSFER_NAS_DIR/busy" || exit 9
        trap 'sleep 1; rmdir "$TRANSFER_NAS_DIR/busy"; exit 0' TERM
        touch "$TRANSFER_NAS_DIR/began-$TRANSFER_NAS_ATTEMPT"
        test $TRANSFER_NAS_ATTEMPT = 2 || { sleep 60 & wait; }
        rmdir "$TRANSFER_NAS_DIR/busy"
        echo '{"reward": 1}' >> "$TRANSFER_NAS_RESULTS""#,
    );
    let mut first = place.worker(&file, &["--quiet"], &script).spawn().unwrap();
    let began = file.with_file_name("runs.db.trials/net/0/began-1");
    wait_for("the program", || began.exists());
    first.kill().unwrap();
    first.wait().unwrap();
    let second = place.worker(&file, &["--max-idle", "1s"], &script).stderr(Stdio::piped()).spawn().unwrap();
    let (is_success, said) = ended(second);
    assert!(is_success, "{said}");
    let trial = &view(&file).trials[0];
    assert_eq!((trial.phase, trial.attempt, trial.error.as_deref()), (Phase::Done, 2, None), "{said}");
    place.nobody_is_left();
}

#[test]
fn a_study_that_had_ended_goes_on_with_workers_of_programs() {
    let place = Place::new();
    let file = place.path("runs.db");
    let script = place.write_script(r#"echo '{"reward": 1}' > "$TRANSFER_NAS_RESULTS""#);
    for trials in [3, 6] {
        let builder =
            Study::open(&file).unwrap().name("net").seed(3).trials(trials).quiet().deadline(Duration::from_mins(1));
        let mut study = builder.build::<Net>().unwrap();
        let leader = std::thread::spawn(move || study.lead().unwrap());
        // It comes once the study goes on.
        let goes_on = || view(&file).study.ending.is_none();
        wait_for("the leader", || file.exists() && goes_on());
        let worker = place.worker(&file, &["--study", "net"], &script).stderr(Stdio::piped()).spawn().unwrap();
        let summary = leader.join().unwrap();
        assert_eq!((summary.ending, summary.done), (Ending::Complete, trials));
        let (is_success, said) = ended(worker);
        assert!(is_success, "{said}");
    }
}

#[test]
fn a_trial_that_was_preempted_goes_on_in_its_directory_and_tells_one_reward() {
    let place = Place::new();
    let file = queue(&place, 1);
    // Ten epochs; the first attempt stands still in the fifth.
    let script = place.write_script(&format!(
        r#"
        epoch=$(cat "$TRANSFER_NAS_DIR/epoch" 2>/dev/null || echo 0)
        while test $epoch -lt 10; do
            epoch=$((epoch + 1))
            echo "{{\"step\": $epoch, \"value\": $TRANSFER_NAS_ATTEMPT$epoch}}" >> "$TRANSFER_NAS_RESULTS"
            echo $epoch > "$TRANSFER_NAS_DIR/epoch"
            if test $epoch$TRANSFER_NAS_ATTEMPT = 51; then touch '{}'/fifth; sleep 60; fi
        done
        echo "{{\"reward\": $TRANSFER_NAS_ATTEMPT}}" >> "$TRANSFER_NAS_RESULTS""#,
        place.folder.path().display()
    ));
    let mut first = place.worker(&file, &["--quiet"], &script).spawn().unwrap();
    wait_for("the fifth epoch", || place.path("fifth").exists() && view(&file).values.len() == 5);
    first.kill().unwrap();
    first.wait().unwrap();
    let second = place.worker(&file, &["--max-idle", "1s"], &script).stderr(Stdio::piped()).spawn().unwrap();
    let (is_success, said) = ended(second);
    assert!(is_success, "{said}");
    let view = view(&file);
    let [trial] = &view.trials[..] else { panic!() };
    assert_eq!((trial.phase, trial.reward, trial.attempt, trial.failures), (Phase::Done, Some(2.0), 2, 0));
    let expected: Vec<(u64, f64)> = (6..=10).map(|epoch| (epoch, format!("2{epoch}").parse().unwrap())).collect();
    assert_eq!(view.curves(), [(0, expected)], "the curve is that of the attempt that told");
    place.nobody_is_left();
}

#[test]
fn workers_evaluate_what_another_process_proposes_and_end_with_the_study() {
    let place = Place::new();
    let file = place.path("runs.db");
    let script = place.write_script(
        r#"
        for step in 1 2 3; do echo "{\"step\": $step, \"value\": $1}" >> "$TRANSFER_NAS_RESULTS"; done
        echo "{\"reward\": $1, \"note\": {\"slot\": $TRANSFER_NAS_SLOT}}" >> "$TRANSFER_NAS_RESULTS""#,
    );
    // Both come before the study.
    let start = |_| {
        let mut command = place.worker(&file, &["--study", "net", "--parallel", "2", "--wait", "20s"], &script);
        command.arg("{Net.quality}").stderr(Stdio::piped()).spawn().unwrap()
    };
    let workers: Vec<Child> = (0..2).map(start).collect();
    let builder = Study::open(&file).unwrap().name("net").seed(3).trials(60).quiet().pruner(MedianPruner::new());
    let builder = builder.deadline(Duration::from_mins(1));
    let mut study = builder.build::<Net>().unwrap();
    let summary = study.lead().unwrap();
    assert_eq!((summary.ending, summary.done + summary.pruned, summary.failed), (Ending::Complete, 60, 0));
    // One of them may have taken all.
    let mut told = 0;
    for worker in workers {
        let (is_success, said) = ended(worker);
        assert!(is_success, "{said}");
        told += said.lines().filter(|line| line.starts_with("net: trial ")).count();
    }
    assert_eq!(told, 60);
    for row in study.trials().unwrap() {
        assert_eq!(row.reward, Some(f64::from(row.config.unwrap().quality)));
    }
    assert!(view(&file).notes.len() as u64 >= summary.done);
    place.nobody_is_left();
}
