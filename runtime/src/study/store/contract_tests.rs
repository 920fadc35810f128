//! What all stores have in common: one suite for each of them. What one does otherwise is said where it is tested.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{
    Access, AttemptEnd, AttemptRecord, Counts, Durability, Ledger, MemoryStore, Millis, Phase, RunningRecord, Snapshot,
    SpaceRecord, StateRecord, Store, StoreError, StudyRecord, TrialRecord, ValueRecord,
};
use crate::space::Kind;
use crate::study::StudyError;
use crate::train::Direction;

/// A store, and how it is opened a second time.
struct Subject {
    kind: &'static str,
    store: Arc<dyn Store>,
    again: Box<dyn Fn() -> Arc<dyn Store>>,
}

const SHARED: Access = Access::Shared(Durability::Soon);
const EXCLUSIVE: Access = Access::Exclusive(Durability::Now);

impl Subject {
    fn with<R>(&self, access: Access, work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>) -> R {
        self.store.with(access, work).unwrap_or_else(|error| panic!("{}: {error}", self.kind))
    }

    /// A study with a space of its own.
    fn study(&self, name: &str, direction: Direction) -> StudyRecord {
        self.with(EXCLUSIVE, |ledger| {
            let space = ledger.add_space(&space())?;
            Ok(ledger.add_study(name, space, direction)?)
        })
    }

    fn put(&self, study: i64, trials: &[TrialRecord]) {
        self.with(EXCLUSIVE, |ledger| Ok(ledger.put_trials(study, &trials.iter().collect::<Vec<_>>())?));
    }

    fn numbers(&self, mut read: impl FnMut(&mut dyn Ledger) -> Result<Vec<TrialRecord>, StoreError>) -> Vec<u64> {
        let trials = self.with(Access::Read, |ledger| Ok(read(ledger)?));
        trials.into_iter().map(|trial| trial.number).collect()
    }
}

fn memory() -> Subject {
    let store = Arc::new(MemoryStore::new());
    let same: Arc<dyn Store> = Arc::clone(&store) as _;
    Subject { kind: "memory", store, again: Box::new(move || Arc::clone(&same)) }
}

#[cfg(feature = "sqlite")]
fn sqlite(folder: &tempfile::TempDir) -> Subject {
    let path = folder.path().join("runs.db");
    let open = move || Arc::new(super::SqliteStore::open(&path).unwrap()) as Arc<dyn Store>;
    Subject { kind: "sqlite", store: open(), again: Box::new(open) }
}

#[cfg(feature = "postgres")]
fn postgres(database: &Arc<super::postgres::tests::Database>) -> Subject {
    let database = Arc::clone(database);
    let open = move || Arc::new(database.open()) as Arc<dyn Store>;
    Subject { kind: "postgres", store: open(), again: Box::new(open) }
}

/// Tests each store.
fn each(test: impl Fn(&Subject)) {
    test(&memory());
    #[cfg(feature = "sqlite")]
    test(&sqlite(&tempfile::tempdir().unwrap()));
    #[cfg(feature = "postgres")]
    if let Some(database) = super::postgres::tests::Database::make() {
        test(&postgres(&Arc::new(database)));
    }
}

fn space() -> SpaceRecord {
    let actions = vec!["16".to_owned(), "a \"label\"\n\u{1F980}".to_owned()];
    SpaceRecord {
        type_name: "my_app::Net<'static>".to_owned(),
        fingerprint: "496ff4c12fc1f42a".to_owned(),
        outline: r#"{"name": "Net"}"#.to_owned(),
        states: vec![StateRecord { state: "Net.width".to_owned(), kind: Kind::Integer, actions }],
    }
}

/// A trial that was proposed.
pub(super) fn trial(number: u64, space: i64, phase: Phase) -> TrialRecord {
    TrialRecord {
        number,
        space,
        phase,
        config: format!(r#"{{"Net.width": {number}}}"#),
        decisions: vec![("Net.width".to_owned(), number.to_string())],
        task: "default".to_owned(),
        log_prob: -0.5,
        origin: None,
        reward: None,
        step: None,
        error: None,
        severity: None,
        handed: 0,
        attempt: 0,
        failures: 0,
        worker: None,
        started: None,
        ended: None,
        asked: Some(number + 1),
        learned: None,
    }
}

fn done(number: u64, space: i64, reward: f64) -> TrialRecord {
    TrialRecord { reward: Some(reward), ..trial(number, space, Phase::Done) }
}

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
            rules: Some("{}".to_owned()),
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
        subject.put(study.id, std::slice::from_ref(&queued));
        subject.with(SHARED, |ledger| Ok(ledger.put_trial(study.id, &later)?));
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?)), std::slice::from_ref(&later));
        subject.put(study.id, &[queued, trial(1, study.space, Phase::Queued), later.clone()]);
        let all = subject.with(Access::Read, |ledger| Ok(ledger.trials(study.id)?));
        assert_eq!(all, [later, trial(1, study.space, Phase::Queued)]);
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

/// One of each kind of change.
fn change(ledger: &mut dyn Ledger, study: &StudyRecord) -> Result<(), StudyError> {
    let space = ledger.add_space(&space())?;
    ledger.add_study("new", space, Direction::Maximize)?;
    ledger.put_study(&StudyRecord { events: 99, ..study.clone() }, Counts::default())?;
    ledger.take_lease(study.id, study.lease.epoch, Some("other"))?;
    ledger.put_trial(study.id, &done(0, study.space, 0.75))?;
    ledger.put_trial(study.id, &trial(7, study.space, Phase::Queued))?;
    ledger.claim(study.id, "other", 10)?;
    ledger.put_attempt(study.id, &attempt(0, 1, AttemptEnd::Lost))?;
    ledger.beat(study.id, "other", None, 3)?;
    ledger.remove_worker(study.id, "worker")?;
    ledger.put_snapshot(study.id, &Snapshot { event: 3, bytes: vec![3] })?;
    ledger.add_value(study.id, &value(0, 1, 5, 0.5))?;
    Ok(ledger.notify(study.id)?)
}

/// All that can be read of a study.
fn all(ledger: &mut dyn Ledger, study: i64) -> Result<String, StudyError> {
    let (studies, trials, attempts) = (ledger.studies()?, ledger.trials(study)?, ledger.attempts(study)?);
    let workers: Vec<_> = ledger.workers(study)?.into_iter().map(|worker| (worker.name, worker.beat)).collect();
    let (snapshot, values) = (ledger.snapshot(study)?, ledger.values(study, 0)?);
    let values: Vec<_> = values.into_iter().map(|value| (value.trial, value.step, value.value)).collect();
    let (running, queued, open) = (ledger.running(study)?, ledger.count_queued(study)?, ledger.first_open(study)?);
    let (best, ended) = (ledger.best(study)?, ledger.ended(study)?);
    Ok(format!(
        "{studies:?} {trials:?} {attempts:?} {workers:?} {snapshot:?} {values:?} {running:?} {queued} {open:?} {best:?} {ended:?}"
    ))
}

fn begun(subject: &Subject) -> StudyRecord {
    let study = subject.study("study", Direction::Maximize);
    subject.put(study.id, &[trial(0, study.space, Phase::Queued), trial(1, study.space, Phase::Queued)]);
    subject.with(SHARED, |ledger| Ok(ledger.beat(study.id, "worker", Some("host:1"), 1)?));
    subject.with(SHARED, |ledger| Ok(ledger.put_snapshot(study.id, &Snapshot { event: 1, bytes: vec![1, 2] })?));
    study
}

#[test]
fn an_error_undoes_all() {
    each(|subject| {
        let study = begun(subject);
        let before = subject.with(Access::Read, |ledger| all(ledger, study.id));
        for access in [SHARED, EXCLUSIVE, Access::Shared(Durability::Now), Access::Exclusive(Durability::Soon)] {
            let failed = subject.store.with(access, |ledger| {
                change(ledger, &study)?;
                assert_ne!(all(ledger, study.id)?, before, "a transaction sees what it did");
                Err::<(), _>(StudyError::NoWayBack)
            });
            assert!(matches!(failed, Err(StudyError::NoWayBack)), "{failed:?}");
            assert_eq!(subject.with(Access::Read, |ledger| all(ledger, study.id)), before);
        }
        subject.with(EXCLUSIVE, |ledger| change(ledger, &study));
        assert_ne!(subject.with(Access::Read, |ledger| all(ledger, study.id)), before);
    });
}

#[test]
fn a_panic_undoes_all() {
    each(|subject| {
        let study = begun(subject);
        let before = subject.with(Access::Read, |ledger| all(ledger, study.id));
        let panicking = AssertUnwindSafe(|| {
            subject.store.with(EXCLUSIVE, |ledger| {
                change(ledger, &study)?;
                assert!(std::hint::black_box(false), "this panic is part of a test");
                Ok(())
            })
        });
        assert!(catch_unwind(panicking).is_err());
        assert_eq!(subject.with(Access::Read, |ledger| all(ledger, study.id)), before);
        subject.with(EXCLUSIVE, |ledger| change(ledger, &study));
        let again = (subject.again)();
        let after = again.read(|ledger| all(ledger, study.id)).unwrap();
        assert_ne!(after, before);
    });
}

#[test]
fn what_is_kept_is_seen_by_others() {
    each(|subject| {
        let study = begun(subject);
        subject.with(SHARED, |ledger| change(ledger, &study));
        let seen = subject.with(Access::Read, |ledger| all(ledger, study.id));
        assert_eq!((subject.again)().read(|ledger| all(ledger, study.id)).unwrap(), seen);
    });
}

#[test]
fn a_lease_is_taken_by_its_epoch() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let lease = || subject.with(Access::Read, |ledger| Ok(ledger.known_study("study")?.lease));
        let take = |epoch, holder: Option<&str>| {
            subject.with(SHARED, |ledger| Ok(ledger.take_lease(study.id, epoch, holder)?))
        };
        let renew = |epoch| subject.with(SHARED, |ledger| Ok(ledger.renew_lease(study.id, epoch)?));
        assert_eq!((lease().holder, lease().epoch, lease().beat), (None, 0, 0));
        assert!(take(0, Some("a")) && !take(0, Some("b")) && !take(2, Some("b")));
        assert!(lease().is_held_by("a"));
        renew(1);
        renew(1);
        renew(0);
        assert_eq!((lease().epoch, lease().beat), (1, 2));
        assert!(take(1, Some("b")) && lease().is_held_by("b"));
        renew(1);
        assert_eq!((lease().epoch, lease().beat), (2, 0));
        assert!(take(2, None) && !take(1, Some("a")));
        assert_eq!((lease().holder, lease().epoch), (None, 3));
    });
}

#[test]
fn of_two_who_take_a_lease_at_once_one_has_it() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let stores = [(subject.again)(), (subject.again)()];
        for epoch in 0..20 {
            let take =
                |store: &Arc<dyn Store>| store.with(SHARED, |ledger| Ok(ledger.take_lease(study, epoch, Some("x"))?));
            let taken = std::thread::scope(|scope| {
                let threads = stores.each_ref().map(|store| scope.spawn(|| take(store).unwrap()));
                threads.map(|thread| thread.join().unwrap())
            });
            assert_eq!(taken.into_iter().filter(|taken| *taken).count(), 1, "epoch {epoch}");
        }
    });
}

#[test]
fn the_first_queued_trials_are_claimed() {
    each(|subject| {
        let (study, other) = (subject.study("study", Direction::Maximize), subject.study("other", Direction::Maximize));
        let mut trials: Vec<TrialRecord> =
            (0..5).rev().map(|number| trial(number, study.space, Phase::Queued)).collect();
        trials[1] = TrialRecord { ended: Some(Millis(5)), handed: 2, ..trials[1].clone() };
        trials[4] = done(0, study.space, 0.5);
        subject.put(study.id, &trials);
        subject.put(other.id, &[trial(0, other.space, Phase::Queued)]);
        let claim = |want| subject.with(SHARED, |ledger| Ok(ledger.claim(study.id, "w", want)?));
        let claimed = claim(3);
        assert_eq!(claimed.iter().map(|trial| trial.number).collect::<Vec<_>>(), [1, 2, 3]);
        let third = &claimed[2];
        assert_eq!((third.phase, third.handed, third.attempt), (Phase::Running, 3, 3));
        assert_eq!((third.worker.as_deref(), third.ended), (Some("w"), None));
        assert!(third.started.is_some_and(|started| started.0 > 1_600_000_000_000));
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.trial(study.id, 3)?)).as_ref(), Some(third));
        assert_eq!(claim(0), []);
        assert_eq!(claim(1 << 40).len(), 1);
        assert_eq!(claim(1), []);
        let back = TrialRecord { phase: Phase::Queued, handed: u32::MAX, ..third.clone() };
        subject.put(study.id, &[back]);
        assert_eq!(claim(1)[0].attempt, u32::MAX);
    });
}

#[test]
fn no_trial_is_claimed_twice() {
    const TRIALS: u64 = 300;
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let trials: Vec<TrialRecord> = (0..TRIALS).map(|number| trial(number, study.space, Phase::Queued)).collect();
        subject.put(study.id, &trials);
        let claim_all = |worker: &'static str| {
            let store = (subject.again)();
            move || {
                let mut claimed = Vec::new();
                loop {
                    let some = store.with(SHARED, |ledger| Ok(ledger.claim(study.id, worker, 3)?));
                    match some {
                        Ok(some) if some.is_empty() => return claimed,
                        Ok(some) => claimed.extend(some.into_iter().map(|trial| trial.number)),
                        Err(error) => assert!(error.is_transient(), "{error}"),
                    }
                }
            }
        };
        let threads = ["a", "b", "c"].map(|worker| std::thread::spawn(claim_all(worker)));
        let claimed: Vec<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(claimed.len() as u64, TRIALS);
        assert_eq!(claimed.into_iter().collect::<BTreeSet<u64>>().len() as u64, TRIALS);
    });
}

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

fn value(trial: u64, attempt: u32, step: u64, value: f64) -> ValueRecord {
    ValueRecord { row: 0, trial, attempt, step, value }
}

#[test]
fn values_are_read_by_row() {
    each(|subject| {
        let (study, other) = (subject.study("study", Direction::Maximize), subject.study("other", Direction::Maximize));
        let add = |study: i64, value| subject.with(SHARED, |ledger| Ok(ledger.add_value(study, &value)?));
        let after = |row| subject.with(Access::Read, |ledger| Ok(ledger.values(study.id, row)?));
        let plain =
            |values: &[ValueRecord]| values.iter().map(|value| ValueRecord { row: 0, ..*value }).collect::<Vec<_>>();
        assert_eq!(after(0), []);
        let reported =
            [value(1, 1, 9, 0.5), value(0, 1, 1, -0.0), value(0, 2, 1, f64::NEG_INFINITY), value(0, 2, 0, 1e300)];
        for value in reported {
            add(study.id, value);
        }
        add(other.id, value(0, 1, 1, 7.0));
        let rows = after(0);
        assert_eq!(plain(&rows), reported);
        assert!(rows.is_sorted_by_key(|value| value.row) && rows[0].row > 0);
        assert_eq!(after(rows[1].row), rows[2..]);
        assert_eq!(after(rows[3].row), []);
        // The second of a step is a later one.
        add(study.id, value(1, 1, 9, 0.25));
        assert_eq!(plain(&after(rows[3].row)), [value(1, 1, 9, 0.25)]);
        let count = after(0).iter().filter(|value| value.trial == 1).count();
        // In memory the first one stays, too: whoever reads by row sees the second one last.
        assert_eq!(count, if subject.kind == "memory" { 2 } else { 1 });
    });
}

/// Whoever reads values by row while others report them misses none.
#[test]
fn no_value_is_missed() {
    const VALUES: u64 = 150;
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let report = |trial: u64| {
            let store = (subject.again)();
            move || {
                for step in 0..VALUES {
                    let add = || store.with(SHARED, |ledger| Ok(ledger.add_value(study, &value(trial, 1, step, 0.5))?));
                    while let Err(error) = add() {
                        assert!(error.is_transient(), "{error}");
                    }
                }
            }
        };
        let threads = [0, 1, 2].map(|trial| std::thread::spawn(report(trial)));
        let (mut read, mut row) = (0, 0);
        let begin = Instant::now();
        while read < 3 * VALUES && begin.elapsed() < Duration::from_mins(1) {
            let values = subject.with(Access::Read, |ledger| Ok(ledger.values(study, row)?));
            row = values.last().map_or(row, |value| value.row);
            read += values.len() as u64;
        }
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(read, 3 * VALUES, "{}", subject.kind);
    });
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

fn attempt(trial: u64, attempt: u32, end: AttemptEnd) -> AttemptRecord {
    AttemptRecord {
        trial,
        attempt,
        worker: "w\u{f6}rker".to_owned(),
        started: Some(Millis(7)),
        ended: None,
        end,
        reward: Some(f64::NEG_INFINITY),
        step: Some(3),
        error: Some("out of\nmemory".to_owned()),
        severity: Some(-0.0),
    }
}

#[test]
fn attempts_are_kept() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let ends = AttemptEnd::ALL;
        let written: Vec<AttemptRecord> = (1..).zip(ends).map(|(number, end)| attempt(2, number, end)).collect();
        let earlier = AttemptRecord { ended: Some(Millis(9)), ..attempt(1, 9, AttemptEnd::Done) };
        subject.with(SHARED, |ledger| {
            written.iter().chain([&earlier]).try_for_each(|attempt| ledger.put_attempt(study, attempt))?;
            Ok(())
        });
        let (all, one, none) = subject.with(Access::Read, |ledger| {
            Ok((ledger.attempts(study)?, ledger.attempt(study, 1, 9)?, ledger.attempt(study, 1, 8)?))
        });
        assert_eq!(all, [std::slice::from_ref(&earlier), &written].concat());
        assert_eq!((one.as_ref(), none), (Some(&earlier), None));
        let late = AttemptRecord { end: AttemptEnd::Failed, reward: None, worker: "other".to_owned(), ..earlier };
        subject.with(SHARED, |ledger| Ok(ledger.put_attempt(study, &late)?));
        assert_eq!(subject.with(Access::Read, |ledger| Ok(ledger.attempt(study, 1, 9)?)), Some(late));
    });
}

#[test]
fn workers_come_and_go() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let beat = |name: &str, process: Option<&str>, wants| {
            subject.with(SHARED, |ledger| Ok(ledger.beat(study, name, process, wants)?));
        };
        let workers = || subject.with(Access::Read, |ledger| Ok(ledger.workers(study)?));
        for name in ["b", "B", "\u{e4}", "a-1", "a1"] {
            beat(name, None, 0);
        }
        let names: Vec<String> = workers().into_iter().map(|worker| worker.name).collect();
        assert_eq!(names, ["B", "a-1", "a1", "b", "\u{e4}"], "byte by byte, whatever the language");
        beat("b", Some("host:1"), 4);
        let worker = workers().into_iter().find(|worker| worker.name == "b").unwrap();
        assert_eq!((worker.process.as_deref(), worker.wants, worker.beat), (Some("host:1"), 4, 2));
        assert!(worker.seen.0 > 1_600_000_000_000);
        subject.with(SHARED, |ledger| Ok(ledger.remove_worker(study, "b")?));
        subject.with(SHARED, |ledger| Ok(ledger.remove_worker(study, "nobody")?));
        assert_eq!(workers().len(), 4);
        beat("b", None, 0);
        assert_eq!(workers().iter().find(|worker| worker.name == "b").unwrap().beat, 1);
    });
}

#[test]
fn the_latest_snapshot_is_kept() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let snapshot = || subject.with(Access::Read, |ledger| Ok(ledger.snapshot(study)?));
        assert_eq!(snapshot(), None);
        for (event, bytes) in [(0, Vec::new()), (50, (0..=255).cycle().take(3_000_000).collect())] {
            let kept = Snapshot { event, bytes };
            subject.with(EXCLUSIVE, |ledger| Ok(ledger.put_snapshot(study, &kept)?));
            assert!(snapshot() == Some(kept), "{}", subject.kind);
        }
    });
}

/// An error is for people, and may have any bytes in it; a name has to be the same again.
#[test]
fn texts_with_nul_are_kept_or_refused() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let failed = TrialRecord { error: Some("a\0b".to_owned()), ..trial(0, study.space, Phase::Failed) };
        subject.put(study.id, &[failed]);
        let kept = subject.with(Access::Read, |ledger| Ok(ledger.trial(study.id, 0)?)).unwrap();
        let is_postgres = subject.kind == "postgres";
        assert_eq!(kept.error.as_deref(), Some(if is_postgres { "a\u{FFFD}b" } else { "a\0b" }));
        let named = subject.store.with(SHARED, |ledger| Ok(ledger.beat(study.id, "a\0b", None, 0)?));
        match named {
            // PostgreSQL has no place for such characters.
            Err(StudyError::Store(StoreError::Nul { .. })) => assert!(is_postgres),
            other => assert!(other.is_ok() && !is_postgres, "{}: {other:?}", subject.kind),
        }
    });
}

/// A number that a database cannot keep is no panic, and changes nothing.
#[test]
fn a_step_out_of_range_is_an_error_or_kept() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let reported = subject.store.with(SHARED, |ledger| Ok(ledger.add_value(study, &value(0, 1, u64::MAX, 0.5))?));
        let kept = subject.with(Access::Read, |ledger| Ok(ledger.values(study, 0)?)).len();
        assert_eq!((reported.is_ok(), kept), if subject.kind == "memory" { (true, 1) } else { (false, 0) });
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
