//! What stands beside trials: reported values, attempts, workers, snapshots.

use super::*;

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
fn attempts_are_recorded() {
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
        let heartbeat = |name: &str, process: Option<&str>, wants| {
            subject.with(SHARED, |ledger| Ok(ledger.heartbeat(study, name, process, wants)?));
        };
        let workers = || subject.with(Access::Read, |ledger| Ok(ledger.workers(study)?));
        for name in ["b", "B", "\u{e4}", "a-1", "a1"] {
            heartbeat(name, None, 0);
        }
        let names: Vec<String> = workers().into_iter().map(|worker| worker.name).collect();
        assert_eq!(names, ["B", "a-1", "a1", "b", "\u{e4}"], "byte by byte, whatever the language");
        heartbeat("b", Some("host:1"), 4);
        let worker = workers().into_iter().find(|worker| worker.name == "b").unwrap();
        assert_eq!((worker.process.as_deref(), worker.wants, worker.heartbeats), (Some("host:1"), 4, 2));
        assert!(worker.last_heartbeat.0 > 1_600_000_000_000);
        subject.with(SHARED, |ledger| Ok(ledger.remove_worker(study, "b")?));
        subject.with(SHARED, |ledger| Ok(ledger.remove_worker(study, "nobody")?));
        assert_eq!(workers().len(), 4);
        heartbeat("b", None, 0);
        assert_eq!(workers().iter().find(|worker| worker.name == "b").unwrap().heartbeats, 1);
    });
}

#[test]
fn the_latest_snapshot_remains() {
    each(|subject| {
        let study = subject.study("study", Direction::Maximize).id;
        let snapshot = || subject.with(Access::Read, |ledger| Ok(ledger.snapshot(study)?));
        assert_eq!(snapshot(), None);
        for (event, bytes) in [(0, Vec::new()), (50, (0..=255).cycle().take(3_000_000).collect())] {
            let saved = Snapshot { event, bytes };
            subject.with(EXCLUSIVE, |ledger| Ok(ledger.put_snapshot(study, &saved)?));
            assert!(snapshot() == Some(saved), "{}", subject.kind);
        }
    });
}
