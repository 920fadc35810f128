//! Who leads, and who gets which trial.

use super::*;

#[test]
fn a_lease_is_taken_by_its_epoch() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize);
        let lease = || subject.with(Access::Read, |ledger| Ok(ledger.known_study("study")?.lease));
        let take = |epoch, holder: Option<&str>| {
            subject.with(SHARED, |ledger| Ok(ledger.take_lease(study.id, epoch, holder)?))
        };
        let renew = |epoch| subject.with(SHARED, |ledger| Ok(ledger.renew_lease(study.id, epoch)?));
        assert_eq!((lease().holder, lease().epoch, lease().heartbeats), (None, 0, 0));
        assert!(take(0, Some("a")) && !take(0, Some("b")) && !take(2, Some("b")));
        assert!(lease().is_held_by("a"));
        renew(1);
        renew(1);
        renew(0);
        assert_eq!((lease().epoch, lease().heartbeats), (1, 2));
        assert!(take(1, Some("b")) && lease().is_held_by("b"));
        renew(1);
        assert_eq!((lease().epoch, lease().heartbeats), (2, 0));
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
        assert_eq!(claim(u64::MAX).len(), 1);
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
