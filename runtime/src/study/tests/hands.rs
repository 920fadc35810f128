//! What a trial offers to its objective, and who hears of its end.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{Model, quiet, stores, value};
use crate::study::{AttemptEnd, Ending, Outcome, Phase, Running, StudyError};

#[test]
fn trials_that_run_at_the_same_time_have_slots_and_directories_of_their_own() {
    for (store, _folder) in stores() {
        let (folder, used) = (tempfile::tempdir().unwrap(), Arc::new(Mutex::new(BTreeSet::new())));
        let (busy, slots) = (Arc::clone(&used), Arc::new(Mutex::new(BTreeSet::new())));
        let in_use = Arc::clone(&slots);
        let objective = move |trial: &Running<Model>| {
            assert!(busy.lock().unwrap().insert(trial.slot()), "two trials have slot {}", trial.slot());
            std::thread::sleep(Duration::from_millis(10));
            std::fs::write(trial.dir().unwrap().join("number"), trial.number().to_string()).unwrap();
            in_use.lock().unwrap().insert(trial.slot());
            assert!(busy.lock().unwrap().remove(&trial.slot()));
            value(trial)
        };
        quiet(&store).workers(3).trials(20).folder(folder.path()).run_trials(objective).unwrap();
        assert_eq!(*slots.lock().unwrap(), BTreeSet::from([0, 1, 2]));
        for number in 0..20 {
            let text = std::fs::read_to_string(folder.path().join(format!("study/{number}/number"))).unwrap();
            assert_eq!(text, number.to_string());
        }
    }
}

#[test]
fn in_memory_directories_go_with_the_study() {
    let store: Arc<dyn crate::study::Store> = Arc::new(crate::study::MemoryStore::new());
    let mut study = quiet(&store).build::<Model>().unwrap();
    let trial = study.ask().unwrap().unwrap();
    let dir = trial.dir().unwrap();
    assert!(dir.is_dir() && dir == trial.dir().unwrap());
    study.tell(trial, 1.0).unwrap();
    drop(study);
    assert!(!dir.exists());
}

#[test]
fn notes_are_recorded_with_the_attempt_and_what_is_no_json_is_an_error() {
    for (store, _folder) in stores() {
        let objective = |trial: &Running<Model>| {
            trial.note("retries", trial.retries()).unwrap();
            trial.note("retries", [trial.retries()]).unwrap();
            let error = trial.note("pairs", std::collections::BTreeMap::from([((1, 2), 3)])).unwrap_err();
            assert!(matches!(&error, StudyError::Note { key, .. } if key == "pairs"));
            let said = error.to_string();
            assert!(said.starts_with("the note `pairs` is not recorded, since its value is none of JSON: "), "{said}");
            if trial.retries() == 0 { Err("once more") } else { Ok(value(trial)) }
        };
        let study = quiet(&store).trials(2).retries(1).run_trials(objective).unwrap();
        let notes = study.view().unwrap().notes;
        let notes: Vec<_> = notes.iter().map(|note| (note.trial, note.attempt, &*note.value)).collect();
        assert_eq!(notes, [(0, 1, "[0]"), (0, 2, "[1]"), (1, 1, "[0]"), (1, 2, "[1]")]);
    }
}

#[test]
fn an_objective_can_end_the_run() {
    for (store, _folder) in stores() {
        let objective = |trial: &Running<Model>| {
            if trial.number() == 5 {
                trial.stop_study();
            }
            value(trial)
        };
        let mut study = quiet(&store).trials(1000).build::<Model>().unwrap();
        let summary = study.run_trials(objective).unwrap();
        assert_eq!((summary.ending, summary.done), (Ending::Stopped, 6));
        assert_eq!(study.view().unwrap().study.ending.as_deref(), Some("stopped"));
        assert!(study.ask().unwrap().is_some(), "another run goes on");
        assert_eq!(study.view().unwrap().study.ending, None);
    }
}

#[test]
fn what_is_cancelled_is_handed_back_and_counts_for_nothing() {
    for (store, _folder) in stores() {
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&tries);
        let objective = move |trial: &Running<Model>| {
            counted.fetch_add(1, Ordering::Relaxed);
            if trial.retries() < 2 { Outcome::Cancelled } else { Outcome::Reward(value(trial)) }
        };
        let mut study = quiet(&store).trials(4).max_failures(0).build::<Model>().unwrap();
        let summary = study.run_trials(objective).unwrap();
        assert_eq!((summary.done, summary.failed, tries.load(Ordering::Relaxed)), (4, 0, 12));
        let view = study.view().unwrap();
        assert!(view.trials.iter().all(|trial| (trial.failures, trial.attempt) == (0, 3)));
        assert!(view.attempts.iter().all(|attempt| attempt.end == AttemptEnd::Returned));
    }
}

#[test]
fn each_trial_that_ended_is_told_to_who_listens() {
    for (store, _folder) in stores() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (first, second) = (Arc::clone(&heard), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&second);
        let mut study = quiet(&store).trials(12).workers(2).retries(1).build::<Model>().unwrap();
        study.on_trial(move |row| first.lock().unwrap().push((row.number, row.phase, row.reward, row.retries)));
        study.on_trial(move |row| _ = count.fetch_add(row.config.is_some().into(), Ordering::Relaxed));
        study
            .run_trials(|trial: &Running<Model>| match trial.number() {
                3 => Err("always"),
                4 if trial.retries() == 0 => Err("once"),
                number => Ok(number as f64),
            })
            .unwrap();
        let mut heard = heard.lock().unwrap().clone();
        heard.sort_by_key(|row| row.0);
        let expected = |number: u64| match number {
            3 => (3, Phase::Failed, None, 1),
            number => (number, Phase::Done, Some(number as f64), u32::from(number == 4)),
        };
        assert_eq!(heard, (0..12).map(expected).collect::<Vec<_>>());
        assert_eq!(second.load(Ordering::Relaxed), 12);
    }
}

#[test]
fn one_who_leads_evaluates_nothing() {
    for (store, _folder) in stores() {
        let mut leader = quiet(&store).workers(0).trials(30).build::<Model>().unwrap();
        let name = leader.scheduler.protocol.worker.clone();
        let others = std::thread::spawn({
            let store = Arc::clone(&store);
            move || quiet(&store).workers(2).trials(30).run(value).map(drop)
        });
        let summary = leader.lead().unwrap();
        others.join().unwrap().unwrap();
        assert_eq!((summary.ending, summary.done), (Ending::Complete, 30));
        let rows = leader.trials().unwrap();
        assert!(rows.iter().all(|row| row.worker.as_deref().is_some_and(|worker| worker != name)));
    }
}
