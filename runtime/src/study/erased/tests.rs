use std::sync::Arc;

use serde_json::json;

use super::{Claimed, ErasedScheduler, Held, Source, Standing, StoreSource};
use crate::study::protocol::Settled;
use crate::study::tests::{Model, quiet, silence, stores};
use crate::study::{AttemptEnd, MedianPruner, Outcome, Phase, Store, StudyError};

/// A study in which so many trials wait.
fn queued(store: &Arc<dyn Store>, trials: u8) {
    let mut study =
        quiet(store).trials(100).pruner(MedianPruner::new().startup(1)).retries(1).build::<Model>().unwrap();
    for layer in 0..trials {
        study.enqueue(Model::Deep { layers: vec![layer, 4], gated: true }).unwrap();
    }
    study.enqueue(Model::Flat { rate: 0.5 }).unwrap();
    study.leave().unwrap();
}

fn scheduler(store: &Arc<dyn Store>) -> ErasedScheduler {
    ErasedScheduler::open(Arc::clone(store), "study").unwrap()
}

fn held(trial: u64, attempt: u32, worker: &str) -> Held {
    Held { trial, attempt, worker: worker.to_owned() }
}

#[test]
fn a_trial_comes_with_its_config_nested_and_by_name() {
    for (store, _folder) in stores() {
        queued(&store, 1);
        let Claimed::Trials(trials) = scheduler(&store).claim("one", 5).unwrap() else { panic!() };
        let [deep, flat] = &trials[..] else { panic!("{trials:?}") };
        assert_eq!(deep.config, json!({"Deep": {"layers": [0, 4], "gated": true}}));
        let expected = json!({"Model": "Deep", "Model.Deep.layers.len": 2, "Model.Deep.layers[0]": 0,
            "Model.Deep.layers[1]": 4, "Model.Deep.layers[2]": null, "Model.Deep.gated": true, "Model.Flat.rate": null});
        assert_eq!(json!(deep.values), expected);
        assert_eq!((deep.trial, deep.attempt, &*deep.study, &*deep.task), (0, 1, "study", "default"));
        assert_eq!((&flat.config, &flat.values["Model.Flat.rate"]), (&json!({"Flat": {"rate": 0.5}}), &json!(0.5)));
        assert_eq!(flat.values["Model.Deep.gated"], json!(null));
    }
}

#[test]
fn several_workers_get_trials_in_their_order() {
    for (store, _folder) in stores() {
        queued(&store, 3);
        let (claimed, ending) = scheduler(&store).claim_each(&[("a", 1), ("b", 2), ("c", 3), ("d", 1)]).unwrap();
        let numbers = |trials: &Vec<super::Assignment>| trials.iter().map(|trial| trial.trial).collect::<Vec<_>>();
        assert_eq!(claimed.iter().map(numbers).collect::<Vec<_>>(), [vec![0], vec![1, 2], vec![3], vec![]]);
        assert_eq!(ending, None);
    }
}

#[test]
fn what_is_told_again_is_the_same_and_what_was_not_handed_out_an_error() {
    for (store, _folder) in stores() {
        queued(&store, 1);
        let scheduler = scheduler(&store);
        scheduler.claim("one", 1).unwrap();
        let one = held(0, 1, "one");
        let (reward, failed) = (Outcome::Reward(1.5), Outcome::Failed("e".to_owned()));
        // Once, the study tries again.
        assert_eq!(scheduler.tell(&one, &failed, &[]).unwrap(), Settled::Counts);
        assert_eq!(scheduler.tell(&one, &failed, &[]).unwrap(), Settled::Again);
        scheduler.claim("one", 1).unwrap();
        assert_eq!(scheduler.tell(&held(0, 2, "one"), &reward, &[]).unwrap(), Settled::Counts);
        assert_eq!(scheduler.tell(&held(0, 2, "one"), &reward, &[]).unwrap(), Settled::Again);
        for foreign in [held(0, 3, "one"), held(1, 1, "one"), held(77, 1, "one"), held(0, 2, "another")] {
            let error = scheduler.tell(&foreign, &reward, &[]).unwrap_err();
            assert!(matches!(error, StudyError::NotHandedOut { .. }), "{foreign:?}: {error}");
        }
        for foreign in [held(0, 3, "one"), held(77, 1, "one"), held(1, 1, "one")] {
            assert!(matches!(scheduler.report(&foreign, 1, 1.0), Err(StudyError::NotHandedOut { .. })));
            assert!(matches!(scheduler.note(&foreign, "a", &json!(1)), Err(StudyError::NotHandedOut { .. })));
        }
        let trial = store.read(|ledger| Ok(ledger.trial(scheduler.protocol("").id, 0)?)).unwrap().unwrap();
        assert_eq!((trial.phase, trial.reward, trial.failures), (Phase::Done, Some(1.5), 1));
    }
}

#[test]
fn what_is_in_a_worker_s_hands_is_known() {
    for (store, _folder) in stores() {
        queued(&store, 2);
        let scheduler = scheduler(&store);
        let Claimed::Trials(first) = scheduler.claim("one", 2).unwrap() else { panic!() };
        scheduler.claim("two", 1).unwrap();
        assert_eq!(scheduler.assignment(&held(1, 1, "one")).unwrap().as_ref(), first.get(1));
        assert_eq!(scheduler.assignment(&held(1, 1, "two")).unwrap(), None);
    }
}

#[test]
fn the_study_s_pruner_decides_and_the_last_value_stands() {
    for (store, _folder) in stores() {
        queued(&store, 3);
        let scheduler = scheduler(&store);
        scheduler.claim("one", 3).unwrap();
        let says = |trial, value| scheduler.report(&held(trial, 1, "one"), 1, value).unwrap();
        let goes_on = Standing { prunes: false, is_current: true };
        assert_eq!((says(0, 0.5), says(1, 0.7)), (goes_on, goes_on));
        assert_eq!(says(2, f64::NAN), Standing { prunes: true, is_current: true });
        assert_eq!(says(2, 0.25), Standing { prunes: true, is_current: true }, "of the same step the latest counts");
        scheduler.tell(&held(2, 1, "one"), &Outcome::Pruned, &[]).unwrap();
        assert_eq!(says(2, 0.9), Standing { prunes: false, is_current: false }, "it has ended");
        scheduler.note(&held(0, 1, "one"), "seconds", &json!({"a": [1]})).unwrap();
        let view = crate::study::StudyView::read(&*store, "study").unwrap();
        let trial = &view.trials[2];
        assert_eq!((trial.phase, trial.reward, trial.step), (Phase::Pruned, Some(0.25), Some(1)));
        assert_eq!(view.notes.iter().map(|note| &*note.value).collect::<Vec<_>>(), [r#"{"a":[1]}"#]);
    }
}

#[test]
fn what_was_handed_back_and_computed_all_the_same_counts() {
    for (store, _folder) in stores() {
        queued(&store, 1);
        let scheduler = scheduler(&store);
        scheduler.claim("one", 1).unwrap();
        let (first, second) = (held(0, 1, "one"), held(0, 2, "two"));
        assert_eq!(scheduler.tell(&first, &Outcome::Cancelled, &[]).unwrap(), Settled::Counts);
        assert_eq!(scheduler.tell(&first, &Outcome::Cancelled, &[]).unwrap(), Settled::Again);
        scheduler.claim("two", 1).unwrap();
        assert_eq!(scheduler.tell(&first, &Outcome::Reward(1.0), &[]).unwrap(), Settled::Counts);
        assert_eq!(scheduler.tell(&first, &Outcome::Reward(1.0), &[]).unwrap(), Settled::Again);
        assert_eq!(scheduler.tell(&second, &Outcome::Reward(2.0), &[]).unwrap(), Settled::Beside);
        let view = crate::study::StudyView::read(&*store, "study").unwrap();
        assert_eq!((view.trials[0].phase, view.trials[0].reward), (Phase::Done, Some(1.0)));
        assert_eq!(
            view.attempts.iter().map(|other| (other.attempt, other.reward)).collect::<Vec<_>>(),
            [(1, Some(1.0)), (2, Some(2.0))]
        );
    }
}

#[test]
fn who_leaves_hands_back_what_it_has() {
    for (store, _folder) in stores() {
        queued(&store, 3);
        let source = StoreSource::new(Arc::new(scheduler(&store)), None).unwrap();
        let Claimed::Trials(trials) = source.claim(2, std::time::Duration::ZERO).unwrap() else { panic!() };
        assert_eq!(trials.len(), 2);
        source.tell(1, 1, &Outcome::Cancelled, &[]).unwrap();
        drop(source);
        let view = crate::study::StudyView::read(&*store, "study").unwrap();
        assert!(view.trials.iter().all(|trial| (trial.phase, trial.failures) == (Phase::Queued, 0)));
        assert!(view.attempts.iter().all(|attempt| attempt.end == AttemptEnd::Returned));
        assert_eq!(store.read(|ledger| Ok(ledger.workers(view.study.id)?)).unwrap(), []);
    }
}

#[test]
fn the_study_s_end_is_known_once_nothing_waits() {
    for (store, _folder) in stores() {
        let mut study = quiet(&store).trials(3).build::<Model>().unwrap();
        study.run(crate::study::tests::value).unwrap();
        let scheduler = scheduler(&store);
        assert_eq!(scheduler.claim("one", 1).unwrap(), Claimed::Ended("complete".to_owned()));
        study.enqueue(Model::Flat { rate: 0.1 }).unwrap();
        let claimed = scheduler.claim("one", 1).unwrap();
        assert!(matches!(&claimed, Claimed::Trials(trials) if trials[0].trial == 3));
        // More are to be made: it goes on.
        let mut longer = quiet(&store).trials(9).build::<Model>().unwrap();
        assert!(longer.ask().unwrap().is_some());
        assert_eq!(scheduler.claim("one", 1).unwrap(), Claimed::Nothing);
        silence(&mut longer);
    }
}

#[cfg(feature = "serve")]
#[test]
fn what_a_worker_has_no_more_is_said() {
    for (store, _folder) in stores() {
        queued(&store, 2);
        let scheduler = scheduler(&store);
        scheduler.claim("one", 2).unwrap();
        scheduler.claim("two", 1).unwrap();
        let lost = scheduler.heartbeat(&[("one", vec![(0, 1), (2, 1), (9, 9)]), ("two", vec![(2, 1)])]).unwrap();
        assert_eq!(lost, [held(2, 1, "one"), held(9, 9, "one")]);
    }
}
