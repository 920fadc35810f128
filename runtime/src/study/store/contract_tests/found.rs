//! What is searched for is found.

use super::*;

#[test]
fn trials_are_counted_and_found_by_where_they_stand() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let running = TrialRecord { attempt: 2, worker: Some("w".to_owned()), ..trial(3, study.space, Phase::Running) };
        let open = |subject: &Subject| subject.with(Access::Read, |ledger| Ok(ledger.first_open(study.id)?));
        assert_eq!(open(subject), None);
        subject.put(
            study.id,
            &[
                trial(6, study.space, Phase::Queued),
                trial(5, study.space, Phase::Queued),
                running,
                TrialRecord { learned: Some(20), ..trial(2, study.space, Phase::Failed) },
                trial(1, study.space, Phase::Pruned),
                done(0, study.space, 0.5),
                trial(4, study.space, Phase::Failed),
            ],
        );
        let (queued, running) =
            subject.with(Access::Read, |ledger| Ok((ledger.count_queued(study.id)?, ledger.running(study.id)?)));
        assert_eq!(queued, 2);
        assert_eq!(running, [RunningRecord { number: 3, attempt: 2, worker: "w".to_owned() }]);
        assert_eq!(open(subject), Some(3));
        assert_eq!(subject.numbers(|ledger| ledger.ended(study.id)), [0, 1, 4]);
        subject.put(study.id, &[TrialRecord { worker: None, ..trial(3, study.space, Phase::Done) }]);
        assert_eq!(open(subject), Some(5));
        assert_eq!(subject.numbers(|ledger| ledger.ended(study.id)), [0, 1, 3, 4]);
    });
}

/// What ended counts at once; once the searcher was told, by what is said with the study.
#[test]
fn a_study_counts_how_its_trials_ended() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let counts = || {
            let found = subject.with(Access::Read, |ledger| ledger.known_study("study"));
            assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.studies()?)), std::slice::from_ref(&found));
            (found.done, found.failed, found.pruned)
        };
        let phases = [Phase::Done, Phase::Failed, Phase::Done, Phase::Pruned, Phase::Queued, Phase::Running];
        let trials: Vec<TrialRecord> =
            (0..).zip(phases).map(|(number, phase)| trial(number, study.space, phase)).collect();
        subject.put(study.id, &trials);
        assert_eq!(counts(), (2, 1, 1));
        let learned = |number: usize| TrialRecord { learned: Some(10 + number as u64), ..trials[number].clone() };
        subject.with(EXCLUSIVE, |ledger| {
            ledger.put_trials(study.id, &[&learned(0), &learned(1)])?;
            Ok(ledger.put_study(&study, Counts { done: 1, failed: 1, pruned: 0 })?)
        });
        assert_eq!(counts(), (2, 1, 1));
    });
}

#[test]
fn what_happened_since_an_event_is_found() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let trial = |number, asked, learned| TrialRecord { asked, learned, ..trial(number, study.space, Phase::Done) };
        subject.put(
            study.id,
            &[
                trial(0, Some(1), Some(6)),
                trial(1, Some(2), Some(3)),
                trial(2, None, Some(5)),
                trial(3, Some(4), None),
                trial(4, None, None),
            ],
        );
        for (event, expected) in [(0, &[0, 1, 2, 3][..]), (2, &[0, 1, 2, 3]), (3, &[0, 2, 3]), (5, &[0]), (6, &[])] {
            assert_eq!(subject.numbers(|ledger| ledger.since(study.id, event)), expected, "{event}");
        }
        assert_eq!(subject.numbers(|ledger| ledger.since(study.id, u64::MAX >> 1)), [0; 0]);
    });
}

#[test]
fn the_best_trial_is_one_of_the_space_and_by_the_direction() {
    for (direction, expected) in [(Direction::Maximize, 2), (Direction::Minimize, 4)] {
        each(|subject| {
            let study = subject.study("study", direction);
            let other = subject.with(EXCLUSIVE, |ledger| Ok(ledger.add_space(&space())?));
            let best = || subject.with(Access::Read, |ledger| Ok(ledger.best(study.id)?)).map(|best| best.number);
            assert_eq!(best(), None);
            let not_done =
                |number, phase, reward| TrialRecord { reward: Some(reward), ..trial(number, study.space, phase) };
            subject.put(
                study.id,
                &[
                    not_done(0, Phase::Pruned, direction.sign() * 1e9),
                    done(1, study.space, 0.5),
                    done(2, study.space, 0.75),
                    done(3, study.space, 0.75),
                    done(4, study.space, -1.0),
                    done(5, study.space, -1.0),
                    done(6, study.space, f64::NAN),
                    trial(7, study.space, Phase::Done),
                    done(8, other, 1e9),
                    done(9, other, -1e9),
                ],
            );
            assert_eq!(best(), Some(expected));
            let (in_front, behind) = (direction.sign() * f64::INFINITY, done(expected, other, 7.0));
            subject.put(study.id, &[behind]);
            assert_eq!(best(), Some(expected + 1));
            subject.put(study.id, &[done(10, study.space, in_front)]);
            assert_eq!(best(), Some(10));
        });
    }
}

/// Zero and minus zero are the same reward.
#[test]
fn of_equal_rewards_the_earliest_is_the_best() {
    for (direction, first, second) in [(Direction::Maximize, -0.0, 0.0), (Direction::Minimize, 0.0, -0.0)] {
        each(|subject| {
            let study = subject.study("study", direction);
            subject.put(study.id, &[done(0, study.space, first), done(1, study.space, second)]);
            let best = subject.with(Access::Read, |ledger| Ok(ledger.best(study.id)?)).unwrap();
            assert_eq!((best.number, best.reward), (0, Some(first)), "{}", subject.kind);
        });
    }
}

#[test]
fn enqueued_trials_are_found_by_their_config() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let long = format!(r#"{{"a": "{}"}}"#, "y".repeat(20_000));
        let enqueued = |number, config: &str| TrialRecord {
            asked: None,
            config: config.to_owned(),
            ..trial(number, study.space, Phase::Queued)
        };
        let proposed = |number, config: &str| TrialRecord { asked: Some(number + 1), ..enqueued(number, config) };
        subject.put(
            study.id,
            &[enqueued(4, "{}"), proposed(1, "{}"), enqueued(2, &long), enqueued(0, "{}"), proposed(3, &long)],
        );
        assert_eq!(subject.numbers(|ledger| ledger.enqueued(study.id, &proposed(9, "{}"))), [0, 4]);
        assert_eq!(subject.numbers(|ledger| ledger.enqueued(study.id, &proposed(9, &long))), [2]);
        assert_eq!(subject.numbers(|ledger| ledger.enqueued(study.id, &proposed(9, "{ }"))), [0; 0]);
    });
}
