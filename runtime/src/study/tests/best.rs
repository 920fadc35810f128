//! The best trial by the study's direction, in each store.

use super::{stores, write};
use crate::study::{Counts, Direction, Ledger, Phase, SpaceRecord, StoreError, StudyError, StudyRecord, TrialRecord};

fn trial(number: u64, phase: Phase, reward: impl Into<Option<f64>>) -> TrialRecord {
    TrialRecord {
        number,
        space: 0,
        phase,
        config: "{}".to_owned(),
        decisions: Vec::new(),
        task: "default".to_owned(),
        log_prob: 0.0,
        origin: None,
        measured: crate::study::Measured::default(),
        reward: reward.into(),
        step: None,
        error: None,
        severity: None,
        handed: 1,
        attempt: 1,
        failures: 0,
        worker: None,
        started: None,
        ended: None,
        asked: None,
        learned: None,
    }
}

fn done(number: u64, reward: f64) -> TrialRecord {
    trial(number, Phase::Done, reward)
}

/// A study of each direction.
fn make(ledger: &mut dyn Ledger) -> Result<[(StudyRecord, i64); 2], StudyError> {
    let space = ledger.add_space(&SpaceRecord::of::<super::Model>())?;
    let highest = ledger.add_study("highest", space, Direction::Maximize)?;
    let lowest = ledger.add_study("lowest", space, Direction::Minimize)?;
    Ok([(highest, space), (lowest, space)])
}

fn put(ledger: &mut dyn Ledger, (study, space): &(StudyRecord, i64), trial: TrialRecord) -> Result<(), StoreError> {
    ledger.put_trial(study.id, &TrialRecord { space: *space, ..trial })
}

/// The numbers of the best trials of both studies.
fn best(ledger: &mut dyn Ledger, studies: &[(StudyRecord, i64); 2]) -> Result<[Option<u64>; 2], StoreError> {
    let [highest, lowest] = [0, 1].map(|which| ledger.best(studies[which].0.id));
    Ok([highest?, lowest?].map(|best| best.map(|trial| trial.number)))
}

/// What is put, one trial after the other, and which trials are the best then: the highest and the lowest.
fn course() -> Vec<(TrialRecord, [Option<u64>; 2])> {
    vec![
        (trial(0, Phase::Pruned, 99.0), [None, None]),
        (trial(1, Phase::Done, None), [None, None]),
        (done(3, 0.0), [Some(3), Some(3)]),
        (done(4, -0.0), [Some(3), Some(3)]),
        (done(2, 0.0), [Some(2), Some(2)]),
        (done(5, 1e300), [Some(5), Some(2)]),
        (done(6, -1e6), [Some(5), Some(6)]),
        (done(8, -1e6), [Some(5), Some(6)]),
        (done(7, 1e300), [Some(5), Some(6)]),
        // Rewards that change, or are none any more.
        (trial(5, Phase::Failed, None), [Some(7), Some(6)]),
        (done(6, 1e-6), [Some(7), Some(8)]),
        (trial(8, Phase::Running, -1e6), [Some(7), Some(2)]),
        (done(7, -5.0), [Some(6), Some(7)]),
    ]
}

#[test]
fn the_best_trial_follows_the_direction_and_the_earliest_of_equals_wins() {
    for (store, _folder) in stores() {
        write(&store, |ledger| {
            let studies = make(ledger)?;
            for (trial, expected) in course() {
                put(ledger, &studies[0], trial.clone())?;
                put(ledger, &studies[1], trial.clone())?;
                assert_eq!(best(ledger, &studies)?, expected, "after {trial:?}");
            }
            Ok(())
        })
        .unwrap();
    }
}

#[test]
fn a_transaction_that_fails_leaves_the_best_as_it_was() {
    for (store, _folder) in stores() {
        let studies = write(&store, make).unwrap();
        let mut expected = [None, None];
        for (trial, then) in course() {
            // All that is to come, and then nothing of it.
            let failed = write(&store, |ledger| {
                course().into_iter().try_for_each(|(trial, _)| put(ledger, &studies[0], trial))?;
                course().into_iter().try_for_each(|(trial, _)| put(ledger, &studies[1], trial))?;
                Err::<(), _>(StoreError::NotDone.into())
            });
            assert!(failed.is_err());
            assert_eq!(write(&store, |ledger| Ok(best(ledger, &studies)?)).unwrap(), expected);
            let put = |ledger: &mut dyn Ledger| studies.iter().try_for_each(|study| put(ledger, study, trial.clone()));
            write(&store, |ledger| Ok(put(ledger)?)).unwrap();
            expected = then;
            assert_eq!(write(&store, |ledger| Ok(best(ledger, &studies)?)).unwrap(), expected, "after {trial:?}");
        }
    }
}

#[test]
fn what_is_saved_comes_back() {
    let origin = Some("model: neighbour".to_owned());
    let pruned = TrialRecord { step: Some(12), origin, ..trial(0, Phase::Pruned, 0.5) };
    let error = Some("no memory".to_owned());
    let failed = TrialRecord { severity: Some(2.5), error, ..trial(1, Phase::Failed, None) };
    for (store, _folder) in stores() {
        write(&store, |ledger| {
            let studies = make(ledger)?;
            let (study, space) = &studies[1];
            for trial in [&pruned, &failed] {
                // Known before it ended, too.
                let running = self::trial(trial.number, Phase::Running, None);
                put(ledger, &studies[1], TrialRecord { origin: trial.origin.clone(), ..running })?;
                put(ledger, &studies[1], trial.clone())?;
                let expected = TrialRecord { space: *space, ..trial.clone() };
                assert_eq!(ledger.trial(study.id, trial.number)?, Some(expected));
            }
            // What a study was made with stays.
            let other = StudyRecord { direction: Direction::Maximize, name: "x".to_owned(), ..study.clone() };
            ledger.put_study(&StudyRecord { events: 7, ..other }, Counts::default())?;
            let expected = StudyRecord { events: 7, failed: 1, pruned: 1, ..study.clone() };
            assert_eq!(ledger.study("lowest")?, Some(expected));
            Ok(())
        })
        .unwrap();
    }
}
