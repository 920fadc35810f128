//! What is written comes back.

use super::*;

#[test]
fn studies_are_found_by_name() {
    each(|subject| {
        let first = subject.study("b\u{e4}r \"'; --", Direction::Minimize);
        let second = subject.study("another", Direction::Maximize);
        let (all, found, none) = subject.with(Access::Read, |ledger| {
            Ok((ledger.studies()?, ledger.study(&first.name)?, ledger.study("no such study")?))
        });
        assert_eq!(all, [first.clone(), second]);
        assert_eq!((found, none), (Some(first.clone()), None));
        assert_eq!((first.direction, first.events, first.trials), (Direction::Minimize, 0, 0));
        let taken =
            subject.store.with(EXCLUSIVE, |ledger| Ok(ledger.add_study("another", first.space, first.direction)?));
        assert!(matches!(taken, Err(StudyError::Store(StoreError::NameTaken { name })) if name == "another"));
    });
}

#[test]
fn a_study_keeps_its_name_its_direction_and_its_lease() {
    each(|subject| {
        let study = subject.study("study", Direction::Minimize);
        let other = subject.with(EXCLUSIVE, |ledger| Ok(ledger.add_space(&space())?));
        subject.with(SHARED, |ledger| Ok(ledger.take_lease(study.id, 0, Some("worker"))?));
        let changed = StudyRecord {
            name: "other".to_owned(),
            direction: Direction::Maximize,
            space: other,
            events: 7,
            trials: 5,
            shared_options: Some("{}".to_owned()),
            ending: Some("complete".to_owned()),
            transfer: Some("[1]".to_owned()),
            insight: Some("[2]".to_owned()),
            ..study.clone()
        };
        subject.with(EXCLUSIVE, |ledger| Ok(ledger.put_study(&changed, Counts::default())?));
        let found = subject.with(Access::Read, |ledger| ledger.known_study("study"));
        assert_eq!((found.lease.holder.as_deref(), found.lease.epoch), (Some("worker"), 1));
        let StudyRecord { name, direction, lease, .. } = found.clone();
        assert_eq!((&*name, direction), ("study", Direction::Minimize));
        assert_eq!(found, StudyRecord { name, direction, lease, ..changed });
    });
}

#[test]
fn objectives_stay_once_they_are_there() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let put = |objectives: &[Objective]| {
            let study = StudyRecord { objectives: objectives.to_vec(), ..study.clone() };
            subject.with(EXCLUSIVE, |ledger| Ok(ledger.put_study(&study, Counts::default())?));
            subject.with(Access::Read, |ledger| ledger.known_study("study")).objectives
        };
        assert_eq!(study.objectives, []);
        assert_eq!(put(&[]), []);
        let objectives =
            [Objective::maximize("accuracy"), Objective::minimize("latency \"\u{0}\" \u{1F980}").unit("ms")];
        assert_eq!(put(&objectives), objectives);
        assert_eq!(put(&[Objective::maximize("another")]), objectives);
        assert_eq!(put(&[]), objectives);
    });
}

/// A trial and an attempt keep what was measured to the bit; a trial is written many times, and then with nothing again.
#[test]
fn what_is_measured_comes_back() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let limited =
            |value, at_least, at_most| Constraint { name: "a \u{0} \"name\"".to_owned(), value, at_least, at_most };
        let constraints = vec![limited(0.1 + 0.2, None, Some(-0.0)), limited(f64::MAX, Some(f64::MIN_POSITIVE), None)];
        let measured = Measured { values: vec![0.1 + 0.2, -1e300, 5e-324], constraints };
        let beyond = TrialRecord { measured: measured.clone(), ..trial(0, study.id, Phase::Done) };
        let beyond = TrialRecord { space: study.space, ..beyond };
        let within = Measured { values: Vec::new(), ..measured.clone() };
        let within = TrialRecord { measured: within, ..done(1, study.space, 0.5) };
        subject.put(study.id, &[trial(0, study.space, Phase::Queued), within.clone()]);
        subject.put(study.id, std::slice::from_ref(&beyond));
        let read = || subject.with(Access::Read, |ledger| Ok((ledger.trials(study.id)?, ledger.best(study.id)?)));
        assert_eq!(
            read(),
            (vec![beyond.clone(), within.clone()], Some(within)),
            "what has no reward is never the best"
        );
        let nothing = TrialRecord { measured: Measured::default(), ..beyond };
        subject.with(SHARED, |ledger| Ok(ledger.put_trial(study.id, &nothing)?));
        assert_eq!(read().0[0], nothing);

        let attempt = AttemptRecord { measured, ..attempt(0, 1, AttemptEnd::Done) };
        for attempt in [&attempt, &AttemptRecord { measured: Measured::default(), ..attempt.clone() }] {
            subject.with(SHARED, |ledger| Ok(ledger.put_attempt(study.id, attempt)?));
            assert_eq!(
                subject.with(Access::Read, |ledger| Ok(ledger.attempts(study.id)?)),
                std::slice::from_ref(attempt)
            );
        }
    });
}

#[test]
fn spaces_come_back() {
    each(|subject| {
        let (made, other) =
            subject.with(EXCLUSIVE, |ledger| Ok((ledger.add_space(&space())?, ledger.add_space(&space())?)));
        assert_ne!(made, other);
        let (found, none) = subject.with(Access::Read, |ledger| Ok((ledger.space(made)?, ledger.space(1 << 40)?)));
        assert_eq!((found, none), (Some(space()), None));
    });
}

#[test]
fn a_trial_comes_back_to_the_bit() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let long = "x".repeat(100_000);
        let full = TrialRecord {
            config: format!(r#"{{"a\u0000b": "{long}"}}"#),
            decisions: vec![("a \"state\"".to_owned(), "\u{0} \u{1F980} \\".to_owned()), (long.clone(), long)],
            task: "t\u{e4}sk\n".to_owned(),
            log_prob: -1.234_567_890_123_456_7e-300,
            origin: Some("random start".to_owned()),
            reward: Some(-0.0),
            step: Some(u64::MAX >> 1),
            error: Some("line\r\nline\ttab \u{7f} \u{feff}".to_owned()),
            severity: Some(f64::MIN_POSITIVE / 4.0),
            handed: u32::MAX,
            attempt: u32::MAX - 1,
            failures: 3,
            worker: Some("host:1 \u{2028}".to_owned()),
            started: Some(Millis(1_700_000_000_000)),
            ended: Some(Millis(0)),
            asked: None,
            learned: Some(12),
            ..trial(0, study.space, Phase::Failed)
        };
        let trials = [
            full.clone(),
            done(1, study.space, f64::MAX),
            TrialRecord { reward: Some(f64::NEG_INFINITY), ..trial(2, study.space, Phase::Pruned) },
            done(3, study.space, f64::INFINITY),
            done(4, study.space, 0.1 + 0.2),
        ];
        subject.put(study.id, &trials);
        let (all, one, none) = subject.with(Access::Read, |ledger| {
            Ok((ledger.trials(study.id)?, ledger.trial(study.id, 0)?, ledger.trial(study.id, 99)?))
        });
        assert_eq!(all, trials);
        assert_eq!((one, none), (Some(full), None));
        let zero = all[0].reward.unwrap();
        // SQLite keeps whole numbers without their sign where they are zero.
        assert!(zero.is_sign_negative() || subject.kind == "sqlite", "{}", subject.kind);
    });
}

/// A trial that is written again is as it was written last, but for what proposed it, which stays the same.
#[test]
fn a_trial_is_written_again() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let queued = trial(0, study.space, Phase::Queued);
        let later = TrialRecord { worker: Some("a".to_owned()), learned: Some(9), ..done(0, study.space, 0.5) };
        let proposed_otherwise = |trial: &TrialRecord| TrialRecord {
            config: "{}".to_owned(),
            decisions: Vec::new(),
            task: "other".to_owned(),
            log_prob: -9.0,
            origin: Some("elsewhere".to_owned()),
            ..trial.clone()
        };
        subject.put(study.id, std::slice::from_ref(&queued));
        subject.with(SHARED, |ledger| Ok(ledger.put_trial(study.id, &proposed_otherwise(&later))?));
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?)), std::slice::from_ref(&later));
        subject.put(study.id, &[queued, trial(1, study.space, Phase::Queued), later.clone()]);
        let all = subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?));
        assert_eq!(all, [later, trial(1, study.space, Phase::Queued)]);
    });
}

/// Only what is asked for gives a trial another config, and nothing else of it.
#[test]
fn a_trial_is_renamed() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let other = subject.with(EXCLUSIVE, |ledger| Ok(ledger.add_space(&space())?));
        let told = TrialRecord { worker: Some("a".to_owned()), ..done(0, study.space, 0.5) };
        subject.put(study.id, std::slice::from_ref(&told));
        let (config, decisions) = (r#"{"Net.units": 0}"#.to_owned(), vec![("Net.units".to_owned(), "0".to_owned())]);
        let renamed = TrialRecord { space: other, config, decisions, ..told.clone() };
        let asked = TrialRecord { reward: None, phase: Phase::Queued, ..renamed.clone() };
        let unknown = TrialRecord { number: 7, ..asked.clone() };
        subject.with(EXCLUSIVE, |ledger| {
            ledger.rename_trial(study.id, &asked)?;
            Ok(ledger.rename_trial(study.id, &unknown)?)
        });
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?)), [renamed]);
    });
}

#[test]
fn what_the_searcher_was_told_of_is_noted() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let trials: Vec<TrialRecord> = (0..3).map(|number| done(number, study.space, 0.5)).collect();
        let trials: Vec<TrialRecord> = trials.into_iter().map(|trial| TrialRecord { learned: None, ..trial }).collect();
        subject.put(study.id, &trials);
        subject.with(EXCLUSIVE, |ledger| Ok(ledger.put_learned(study.id, &[(2, 5), (0, 4), (9, 6)])?));
        let noted = [Some(4), None, Some(5)];
        let noted: Vec<TrialRecord> =
            trials.into_iter().zip(noted).map(|(trial, learned)| TrialRecord { learned, ..trial }).collect();
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?)), noted);
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.ended(study.id)?)), noted[1..2]);
    });
}

#[test]
fn thousands_of_trials_are_written_at_once() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let trials: Vec<TrialRecord> = (0..2500).map(|number| trial(number, study.space, Phase::Queued)).collect();
        subject.put(study.id, &trials);
        subject.put(study.id, &[]);
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?)), trials);
    });
}

/// An error is for people, and may have any bytes in it; a name has to be the same again.
#[test]
fn texts_with_nul_are_recorded_or_refused() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let failed = TrialRecord { error: Some("a\0b".to_owned()), ..trial(0, study.space, Phase::Failed) };
        subject.put(study.id, &[failed]);
        let recorded = subject.with(Access::Read, |ledger| Ok(ledger.trial(study.id, 0)?)).unwrap();
        let is_postgres = subject.kind == "postgres";
        assert_eq!(recorded.error.as_deref(), Some(if is_postgres { "a\u{FFFD}b" } else { "a\0b" }));
        let named = subject.store.with(SHARED, |ledger| Ok(ledger.heartbeat(study.id, "a\0b", None, 0)?));
        match named {
            // PostgreSQL has no place for such characters.
            Err(StudyError::Store(StoreError::Nul { .. })) => assert!(is_postgres),
            other => assert!(other.is_ok() && !is_postgres, "{}: {other:?}", subject.kind),
        }
    });
}

/// A number that a database cannot keep is no panic, and changes nothing.
#[test]
fn a_step_out_of_range_is_an_error_or_recorded() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let reported = subject.store.with(SHARED, |ledger| Ok(ledger.add_value(study, &value(0, 1, u64::MAX, 0.5))?));
        let recorded = subject.with(Access::Read, |ledger| Ok(ledger.values(study, 0)?)).len();
        assert_eq!((reported.is_ok(), recorded), if subject.kind == "memory" { (true, 1) } else { (false, 0) });
    });
}

/// Where others can change a study, who waits need not be woken, but waits no longer than was said.
#[test]
fn waiting_ends() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let begin = Instant::now();
        for _ in 0..3 {
            subject.store.wait(study, Duration::from_millis(20));
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{}", subject.kind);
    });
}

#[test]
fn notes_come_back_the_latest_of_each_key() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let other = subject.study("other", Direction::Maximize);
        let note = |trial, attempt, key: &str, value: &str| NoteRecord {
            trial,
            attempt,
            key: key.to_owned(),
            value: value.to_owned(),
        };
        let all =
            [note(1, 1, "", "null"), note(1, 1, "\u{e4} '\"", "[1]"), note(1, 2, "a", "2"), note(3, 1, "a", "\"b\"")];
        subject.with(SHARED, |ledger| {
            ledger.put_note(study.id, &note(1, 2, "a", "1"))?;
            all.iter().rev().try_for_each(|note| ledger.put_note(study.id, note))?;
            Ok(ledger.put_note(other.id, &all[0])?)
        });
        let failed: Result<(), StudyError> = subject.store.with(SHARED, |ledger| {
            ledger.put_note(study.id, &note(1, 2, "a", "gone"))?;
            ledger.put_note(study.id, &note(9, 1, "a", "gone"))?;
            Err(StoreError::NotDone.into())
        });
        failed.unwrap_err();
        let found = subject.with(Access::Read, |ledger| Ok((ledger.notes(study.id)?, ledger.notes(other.id)?)));
        assert_eq!(found, (all.to_vec(), vec![all[0].clone()]));
    });
}
