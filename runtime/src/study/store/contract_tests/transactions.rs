//! All of a transaction is written, or nothing.

use super::*;

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
    ledger.heartbeat(study.id, "other", None, 3)?;
    ledger.remove_worker(study.id, "worker")?;
    ledger.put_snapshot(study.id, &Snapshot { event: 3, bytes: vec![3] })?;
    ledger.add_value(study.id, &value(0, 1, 5, 0.5))?;
    Ok(ledger.notify(study.id)?)
}

/// All that can be read of a study.
fn all(ledger: &mut dyn Ledger, study: i64) -> Result<String, StudyError> {
    let (studies, trials, attempts) = (ledger.studies()?, ledger.trials(study)?, ledger.attempts(study)?);
    let workers: Vec<_> = ledger.workers(study)?.into_iter().map(|worker| (worker.name, worker.heartbeats)).collect();
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
    subject.with(SHARED, |ledger| Ok(ledger.heartbeat(study.id, "worker", Some("host:1"), 1)?));
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
fn what_is_committed_is_read_by_others() {
    each(|subject| {
        let study = begun(subject);
        subject.with(SHARED, |ledger| change(ledger, &study));
        let recorded = subject.with(Access::Read, |ledger| all(ledger, study.id));
        assert_eq!((subject.again)().read(|ledger| all(ledger, study.id)).unwrap(), recorded);
    });
}
