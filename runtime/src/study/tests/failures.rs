//! Objectives that fail, in every way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::{Model, agent, quiet, silence, stores, value};
use crate::agent::Agent;
use crate::study::{AttemptEnd, Outcome, Phase, Running};

#[test]
fn what_fails_is_recorded_with_its_text_and_teaches() {
    for (store, _folder) in stores() {
        let objective = |running: &Running<Model>| -> Outcome {
            match running.number() {
                0 => Outcome::Failed("out of memory".to_owned()),
                1 => panic!("index {} is out of bounds", 7),
                2 => f64::NAN.into(),
                3 => Outcome::FailedBy { error: "too large".to_owned(), severity: 3.0 },
                4 => f64::INFINITY.into(),
                _ => 1e300.into(),
            }
        };
        let mut study = quiet(&store).trials(6).run_trials(objective).unwrap();
        let rows = study.trials().unwrap();
        let errors: Vec<&str> = rows.iter().filter_map(|row| row.error.as_deref()).collect();
        assert_eq!(
            errors,
            [
                "out of memory",
                "the objective panicked: index 7 is out of bounds",
                "the reward is NaN; return a finite number, or an error where the evaluation failed",
                "too large",
                "the reward is inf; return a finite number, or an error where the evaluation failed",
            ]
        );
        assert!(rows[..5].iter().all(|row| row.phase == Phase::Failed));
        assert_eq!((rows[3].severity, rows[5].reward), (Some(3.0), Some(1e300)));
        let untaught = agent(7);
        let best = study.searcher().unwrap().best::<Model>().unwrap();
        assert!((best.reward - 1e300).abs() < 1e285);
        let log_prob = |agent: &Agent<Model>, row: usize| agent.log_prob(rows[row].config.as_ref().unwrap()).unwrap();
        let failed: f64 = (0..5).map(|row| log_prob(study.searcher().unwrap(), row) - log_prob(&untaught, row)).sum();
        assert!(failed < 0.0, "what failed has become less likely: {failed}");
    }
}

#[test]
fn a_failed_trial_is_tried_again() {
    for (store, _folder) in stores() {
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let objective = move |running: &Running<Model>| -> Result<f64, &'static str> {
            counted.fetch_add(1, Ordering::SeqCst);
            if running.number() == 3 || running.retries() < 2 { Err("not yet") } else { Ok(value(running)) }
        };
        let study = quiet(&store).trials(5).retries(2).run_trials(objective).unwrap();
        let rows = study.trials().unwrap();
        for row in &rows {
            let expected = if row.number == 3 { Phase::Failed } else { Phase::Done };
            assert_eq!((row.phase, row.retries), (expected, 2), "trial {}", row.number);
        }
        assert_eq!(calls.load(Ordering::SeqCst), 15);
    }
}

#[test]
fn too_many_failures_end_the_study() {
    for (store, _folder) in stores() {
        let run = quiet(&store).trials(100).max_failures(3).run(|_: &Model| Err::<f64, _>("no such device"));
        let error = run.err().unwrap();
        assert_eq!(error.to_string(), "4 trials failed, and no more than 3 may; the last one said: no such device");
        // What was done remains, and failures of an earlier run do not count.
        let study = quiet(&store).trials(10).max_failures(0).run(|model: &Model| value(model)).unwrap();
        assert_eq!((study.summary().unwrap().failed, study.summary().unwrap().done), (4, 6));
    }
}

#[test]
fn a_trial_that_hangs_has_failed_and_the_study_goes_on() {
    for (store, _folder) in stores() {
        let begin = Instant::now();
        let objective = |running: &Running<Model>| {
            while running.number() == 1 {
                std::thread::sleep(Duration::from_millis(20));
            }
            value(running)
        };
        let study = quiet(&store).trials(6).timeout(Duration::from_millis(200)).run_trials(objective).unwrap();
        let rows = study.trials().unwrap();
        assert_eq!(rows[1].phase, Phase::Failed);
        assert_eq!(rows[1].error.as_deref(), Some("no outcome within 200ms"));
        assert_eq!(rows.iter().filter(|row| row.phase == Phase::Done).count(), 5);
        assert!(begin.elapsed() < Duration::from_secs(20), "{:?}", begin.elapsed());
    }
}

#[test]
fn a_cancelled_objective_hears_of_it() {
    for (store, _folder) in stores() {
        let heard = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&heard);
        let objective = move |running: &Running<Model>| {
            let begin = Instant::now();
            while running.number() == 0 && !running.is_cancelled() && begin.elapsed() < Duration::from_secs(20) {
                std::thread::sleep(Duration::from_millis(5));
            }
            count.fetch_add(usize::from(running.is_cancelled()), Ordering::SeqCst);
            value(running)
        };
        quiet(&store).trials(3).timeout(Duration::from_millis(100)).run_trials(objective).unwrap();
        let begin = Instant::now();
        while heard.load(Ordering::SeqCst) == 0 && begin.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(heard.load(Ordering::SeqCst), 1);
    }
}

#[test]
fn the_first_attempt_that_ends_counts_and_another_one_is_recorded_beside_it() {
    for (store, _folder) in stores() {
        let mut slow = quiet(&store).build::<Model>().unwrap();
        let running = slow.ask().unwrap().unwrap();
        silence(&mut slow);
        let mut other = quiet(&store).build::<Model>().unwrap();
        std::thread::sleep(Duration::from_millis(600));
        let again = other.ask().unwrap().unwrap();
        assert_eq!((again.number(), again.retries()), (0, 1));
        // It is late, but the first.
        slow.tell(running, 1.0).unwrap();
        assert_eq!(other.trials().unwrap()[0].reward, Some(1.0));
        other.tell(again, Outcome::Reward(2.0)).unwrap();
        let view = other.view().unwrap();
        assert_eq!((view.trials[0].reward, view.trials[0].attempt), (Some(1.0), 1));
        let beside: Vec<(u32, AttemptEnd, Option<f64>)> =
            view.attempts.iter().map(|it| (it.attempt, it.end, it.reward)).collect();
        assert_eq!(beside, [(1, AttemptEnd::Done, Some(1.0)), (2, AttemptEnd::Done, Some(2.0))]);
        assert_eq!(view.study.done, 1);
    }
}
