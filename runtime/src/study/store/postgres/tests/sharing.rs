//! Several at once: who waits for whom, who is woken, and what becomes of a connection that breaks.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use super::server::{Database, ask, say};
use super::tables::study;
use crate::study::store::contract_tests::trial;
use crate::study::store::postgres::PostgresStore;
use crate::study::store::{Access, Durability, Phase, Store};
use crate::study::{Ledger, StoreError, Study, StudyError, StudyView};

const READ: Access = Access::Read;
const SHARED: Access = Access::Shared(Durability::Soon);
const EXCLUSIVE: Access = Access::Exclusive(Durability::Soon);
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);

fn process(store: &PostgresStore) -> String {
    store.with_connection(|connection| Ok(ask(connection, "SELECT pg_backend_pid()"))).unwrap()
}

/// A transaction that goes on while others do something.
fn beside(store: &dyn Store, access: Access, trial: Option<(i64, u64)>, others: impl FnOnce() + Send) {
    let (begun, is_begun) = channel();
    let (end, is_over) = channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let work = |ledger: &mut dyn Ledger| {
                trial.map(|(study, number)| ledger.trial(study, number)).transpose()?;
                begun.send(()).ok();
                is_over.recv_timeout(LONG).ok();
                Ok(())
            };
            store.with(access, work).unwrap();
        });
        is_begun.recv_timeout(LONG).unwrap();
        others();
        drop(end);
    });
}

/// Whether something is done while others do what they do.
fn is_done_within(patience: Duration, work: impl FnOnce() + Send + 'static) -> bool {
    let (done, is_done) = channel();
    thread::spawn(move || {
        work();
        done.send(()).ok();
    });
    is_done.recv_timeout(patience).is_ok()
}

#[test]
fn exclusive_transactions_wait_for_each_other_and_for_nobody_else() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let id = study(&store, 2).id;
    let other = Database::make().unwrap();
    beside(&store, EXCLUSIVE, None, || {
        for (access, patience, is_done) in
            [(EXCLUSIVE, Duration::from_millis(300), false), (SHARED, LONG, true), (READ, LONG, true)]
        {
            let store = database.open();
            let work = move || (&store as &dyn Store).with(access, |ledger| Ok(ledger.workers(id)?)).map(drop).unwrap();
            assert_eq!(is_done_within(patience, work), is_done, "{access:?}");
        }
        let store = other.open();
        assert!(
            is_done_within(LONG, move || (&store as &dyn Store).with(EXCLUSIVE, |_| Ok(())).unwrap()),
            "another schema"
        );
    });
}

#[test]
fn a_trial_is_changed_by_one_at_a_time() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let id = study(&store, 2).id;
    for access in [SHARED, EXCLUSIVE] {
        beside(&store, access, Some((id, 0)), || {
            let get = |access, number, patience| {
                let store = database.open();
                let work = move || {
                    (&store as &dyn Store).with(access, |ledger| Ok(ledger.trial(id, number)?)).map(drop).unwrap();
                };
                is_done_within(patience, work)
            };
            assert!(!get(SHARED, 0, Duration::from_millis(300)));
            assert!(get(SHARED, 1, LONG) && get(READ, 0, LONG));
        });
    }
    beside(&store, SHARED, Some((id, 0)), || {
        let others = database.open();
        let claimed = (&others as &dyn Store).with(SHARED, |ledger| Ok(ledger.claim(id, "w", 1)?)).unwrap();
        assert_eq!(claimed[0].number, 1, "what somebody else has is passed over");
    });
}

#[test]
fn who_reads_sees_one_moment() {
    let Some(database) = Database::make() else { return };
    let (store, other) = (database.open(), database.open());
    let id = study(&store, 2).id;
    let (store, other): (&dyn Store, &dyn Store) = (&store, &other);
    store
        .read(|ledger| {
            assert_eq!(ledger.count_queued(id)?, 2);
            other.with(SHARED, |ledger| Ok(ledger.claim(id, "w", 1)?))?;
            assert_eq!((ledger.count_queued(id)?, ledger.running(id)?.len()), (2, 0));
            Ok(())
        })
        .unwrap();
    assert_eq!(store.read(|ledger| Ok(ledger.count_queued(id)?)).unwrap(), 1);
}

#[test]
fn of_two_who_wait_for_each_other_one_is_told_to_try_again() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let id = study(&store, 2).id;
    let (first, has_first) = channel();
    let (second, has_second) = channel();
    let lock = |store: PostgresStore,
                numbers: [u64; 2],
                mine: std::sync::mpsc::Sender<()>,
                theirs: std::sync::mpsc::Receiver<()>| {
        move || {
            let store: &dyn Store = &store;
            store.with(SHARED, |ledger| {
                ledger.trial(id, numbers[0])?;
                mine.send(()).ok();
                theirs.recv_timeout(LONG).ok();
                Ok(ledger.trial(id, numbers[1])?)
            })
        }
    };
    let threads = [
        thread::spawn(lock(database.open(), [0, 1], first, has_second)),
        thread::spawn(lock(database.open(), [1, 0], second, has_first)),
    ];
    let done = threads.map(|thread| thread.join().unwrap());
    let conflicts =
        done.iter().filter(|done| matches!(done, Err(StudyError::Store(StoreError::Conflict { .. })))).count();
    assert_eq!((conflicts, done.iter().filter(|done| done.is_ok()).count()), (1, 1), "{done:?}");
}

#[test]
fn who_waits_is_woken() {
    let Some(database) = Database::make() else { return };
    let (store, other) = (database.open(), database.open());
    let id = study(&store, 0).id;
    let notify = |store: &dyn Store, study: i64| store.with(SHARED, |ledger| Ok(ledger.notify(study)?)).unwrap();
    let begin = Instant::now();
    store.wait(id, Duration::from_secs(1)); // Ends when it begins to be heard.
    store.wait(id, Duration::from_millis(300));
    // What happened meanwhile counts, what happened to others does not, nor what was undone.
    notify(&other, id);
    thread::sleep(Duration::from_millis(200));
    store.wait(id, LONG);
    notify(&other, id + 1);
    let undone = (&other as &dyn Store).with(SHARED, |ledger| {
        ledger.notify(id)?;
        Err::<(), _>(StudyError::NoWayBack)
    });
    assert!(undone.is_err());
    let before = Instant::now();
    store.wait(id, Duration::from_millis(300));
    assert!(before.elapsed() >= Duration::from_millis(300));
    thread::scope(|scope| {
        scope.spawn(|| store.wait(id, LONG));
        scope.spawn(|| store.wait(id, LONG));
        thread::sleep(Duration::from_millis(100));
        notify(&store, id);
    });
    assert!(begin.elapsed() < LONG);
}

#[test]
fn who_listens_listens_again() {
    let Some(database) = Database::make() else { return };
    let (store, other) = (database.open(), database.open());
    let id = study(&store, 0).id;
    let listening = format!("FROM pg_stat_activity WHERE query = 'LISTEN {}'", store.namespace.channel);
    let listener = || say(&format!("SELECT pid {listening}"));
    store.wait(id, Duration::from_secs(1));
    let first = listener();
    say(&format!("SELECT pg_terminate_backend({first})"));
    let begin = Instant::now();
    while [&first, ""].contains(&&*listener()) {
        assert!(begin.elapsed() < LONG);
        store.wait(id, Duration::from_millis(50));
    }
    store.wait(id, Duration::from_millis(300));
    (&other as &dyn Store).with(SHARED, |ledger| Ok(ledger.notify(id)?)).unwrap();
    let begin = Instant::now();
    store.wait(id, LONG);
    assert!(begin.elapsed() < LONG / 2);
}

#[test]
fn a_connection_that_breaks_is_opened_again() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let id = study(&store, 3).id;
    let end = |process: &str| say(&format!("SELECT pg_terminate_backend({process})"));
    // While nobody uses it, nobody notices.
    end(&process(&store));
    thread::sleep(Duration::from_millis(300));
    let count = || (&store as &dyn Store).read(|ledger| Ok(ledger.count_queued(id)?)).unwrap();
    assert_eq!(count(), 3);
    let own = process(&store);
    let broken = (&store as &dyn Store).with(SHARED, |ledger| {
        ledger.claim(id, "w", 1)?;
        end(&own);
        thread::sleep(Duration::from_millis(300));
        Ok(ledger.claim(id, "w", 1)?)
    });
    let Err(StudyError::Store(error)) = broken else { panic!("{broken:?}") };
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    assert_eq!(count(), 3);
    // The same where only the end of a transaction fails.
    let own = process(&store);
    let broken = (&store as &dyn Store).with(SHARED, |ledger| {
        ledger.claim(id, "w", 1)?;
        end(&own);
        Ok(())
    });
    assert!(broken.is_err_and(|error| error.is_transient()));
    assert_eq!(count(), 3);
}

#[test]
fn a_panic_leaves_the_connection_in_order() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let id = study(&store, 3).id;
    let before = process(&store);
    let panicking = AssertUnwindSafe(|| {
        (&store as &dyn Store).with(EXCLUSIVE, |ledger| {
            ledger.claim(id, "w", 1)?;
            assert!(std::hint::black_box(false), "this panic is part of a test");
            Ok(())
        })
    });
    assert!(catch_unwind(panicking).is_err());
    assert_eq!(process(&store), before);
    let open = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {before} AND state <> 'idle'");
    assert_eq!(say(&open), "0");
}

/// The server keeps nothing of a transaction in which something failed, whatever the work makes of it.
#[test]
fn an_error_that_is_passed_over_is_one_in_the_end() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let study = study(&store, 3);
    let done = (&store as &dyn Store).with(SHARED, |ledger| {
        ledger.claim(study.id, "w", 1)?;
        assert!(ledger.put_trial(study.id, &trial(9, 1 << 40, Phase::Queued)).is_err(), "there is no such space");
        Ok(())
    });
    assert!(matches!(done, Err(StudyError::Store(StoreError::NotDone))), "{done:?}");
    assert_eq!((&store as &dyn Store).read(|ledger| Ok(ledger.count_queued(study.id)?)).unwrap(), 3);
}

#[test]
fn a_store_works_within_another_runtime() {
    let Some(database) = Database::make() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let store = database.open();
        let id = study(&store, 3).id;
        assert_eq!((&store as &dyn Store).with(SHARED, |ledger| Ok(ledger.claim(id, "w", 2)?)).unwrap().len(), 2);
        store.wait(id, Duration::from_millis(20));
        drop(store);
    });
}

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 3],
}

fn value(config: &Config) -> f64 {
    thread::sleep(Duration::from_millis(5));
    config.digits.iter().map(|digit| f64::from(*digit)).sum()
}

/// Ends all connections of a study some times, while its workers are busy.
fn cut_connections(application: &str, times: u32) {
    for _ in 0..times {
        thread::sleep(Duration::from_millis(150));
        say(&format!(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{application}'"
        ));
    }
}

#[test]
fn workers_go_on_whatever_happens_to_their_connections() {
    const TRIALS: u64 = 120;
    let Some(database) = Database::make() else { return };
    let application = database.schema.replace('"', "");
    let address = format!("{}&application_name={}", database.address(), application.replace(' ', "%20"));
    let run = &|worker: String| {
        let opened = (0..9).find_map(|_| Study::open(&address).ok());
        let study = opened.unwrap().quiet().ctrl_c(false).seed(7).worker_name(worker).workers(2);
        study.abandon_after(Duration::from_secs(2)).trials(TRIALS).run(value).unwrap()
    };
    let studies: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..3).map(|number| scope.spawn(move || run(format!("worker {number}")))).collect();
        scope.spawn(|| cut_connections(&application, 8));
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let trials = studies[0].trials().unwrap();
    assert_eq!(trials.len() as u64, TRIALS);
    assert!(trials.iter().all(|trial| trial.reward == trial.config.as_ref().map(value)));
    let view = StudyView::read(&database.open(), "study").unwrap();
    assert_eq!((view.study.done, view.study.trials), (TRIALS, TRIALS));
}
