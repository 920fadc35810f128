//! Files that are no good, and what is said of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

use super::{SqliteStore, ledger, schema};
use crate::agent::Agent;
use crate::study::{Direction, Durability, Ledger, Store, StoreError, Study, StudyError};

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 4],
}

fn value(config: &Config) -> f64 {
    config.digits.iter().map(|digit| f64::from(*digit)).sum()
}

fn run(store: Arc<SqliteStore>, trials: u64) -> Result<Study<Config, Agent<Config>>, StudyError> {
    let agent = Agent::builder().seed(3).build().unwrap();
    Study::in_store(store)
        .quiet()
        .ctrl_c(false)
        .agent(agent)
        .abandon_after(Duration::from_millis(300))
        .checkpoint_every(20)
        .trials(trials)
        .run(value)
}

fn look_up<R>(store: &SqliteStore, work: impl FnOnce(&mut dyn Ledger) -> Result<R, StudyError>) -> R {
    let store: &dyn Store = store;
    store.with(work).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A file's size and text, to see that it was left alone.
fn look(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}

#[test]
fn a_full_disk_is_an_error_and_nothing_told_is_lost() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let limit = |pages: u32| {
        let connection = store.connection.lock().unwrap();
        connection.pragma_update(None, "max_page_count", pages).unwrap();
    };
    limit(150);
    let error = run(Arc::clone(&store), 2000).err().unwrap();
    assert!(matches!(&error, StudyError::Store(StoreError::Full { path: full }) if *full == path), "{error}");
    let kept = look_up(&store, |ledger| Ok(ledger.study("study")?.unwrap()));
    assert!((20..2000).contains(&kept.done), "{kept:?}");
    limit(100_000);
    let study = run(Arc::clone(&store), kept.trials + 50).unwrap();
    let rows = study.trials().unwrap();
    assert_eq!(rows.len() as u64, kept.trials + 50);
    assert!(rows.iter().all(|row| row.reward == row.config.as_ref().map(value)));
}

#[test]
fn a_read_only_file_is_refused() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 3).unwrap());
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(&error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("is read-only; a study writes down every trial"), "{error}");
}

#[test]
fn a_file_of_another_program_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("browser.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    let before = look(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(&error, StoreError::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("it is an SQLite file of another program"), "{error}");
    assert!(look(&path) == before && !folder.path().join("browser.db-wal").exists());

    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "Buy milk. ".repeat(200)).unwrap();
    let before = look(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("it is not an SQLite file"), "{error}");
    assert!(look(&path) == before);
}

#[test]
fn a_missing_folder_and_a_missing_file_are_errors() {
    let folder = folder();
    let error = SqliteStore::open(folder.path().join("no/such/runs.db")).unwrap_err();
    assert!(matches!(&error, StoreError::Database { .. }), "{error}");
    let error = SqliteStore::open_existing(folder.path().join("runs.db")).unwrap_err();
    assert!(matches!(&error, StoreError::Missing { .. }), "{error}");
    assert!(!folder.path().join("runs.db").exists());
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    let error = SqliteStore::open_existing(folder.path().join("empty.db")).unwrap_err();
    assert!(error.to_string().contains("it is empty"), "{error}");
}

#[test]
fn a_later_schema_is_refused_and_left_alone() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(SqliteStore::open(&path).unwrap());
    let later = schema::VERSION + 5;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", later).unwrap();
    let before = look(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    let StoreError::Newer { found, known, .. } = &error else { panic!("{error}") };
    assert_eq!((*found, *known), (later, schema::VERSION));
    assert!(error.to_string().ends_with("update this crate"), "{error}");
    assert!(look(&path) == before);
}

/// A file as each earlier version made it, with a study in it.
#[test]
fn an_earlier_schema_is_brought_up_to_date() {
    for version in 1..schema::MIGRATIONS.len() {
        let folder = folder();
        let path = folder.path().join("runs.db");
        let old = Connection::open(&path).unwrap();
        schema::MIGRATIONS[..version].iter().for_each(|migration| old.execute_batch(migration).unwrap());
        old.pragma_update(None, "application_id", 0x544e_4153).unwrap();
        old.pragma_update(None, "user_version", version as u32).unwrap();
        old.execute_batch(
            "INSERT INTO spaces VALUES (7, 'Old', '0', '{}', '[]');
             INSERT INTO studies (name, space, created) VALUES ('old', 7, 5);
             INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, reward, handed, failures, beat)
             VALUES (1, 0, 7, 'done', '{}', '[]', 'default', 0, 0.5, 1, 0, 0),
                    (1, 1, 7, 'done', '{}', '[]', 'default', 0, 0.75, 1, 0, 0)",
        )
        .unwrap();
        drop(old);
        let store = Arc::new(SqliteStore::open(&path).unwrap());
        let old = look_up(&store, |ledger| Ok(ledger.study("old")?.unwrap()));
        assert_eq!((old.space, old.created.0, old.direction), (7, 5, Direction::Maximize));
        let best = look_up(&store, |ledger| Ok(ledger.best(old.id)?.unwrap()));
        assert_eq!((best.number, best.reward, best.step, best.severity), (1, Some(0.75), None, None));
        assert_eq!(best.origin, None);
        run(Arc::clone(&store), 5).unwrap();
        assert_eq!(look_up(&store, |ledger| Ok(ledger.studies()?.len())), 2);
        let found: i64 =
            store.connection.lock().unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(found, schema::VERSION);
    }
}

#[test]
fn a_direction_that_is_none_is_refused() {
    let folder = folder();
    let store = SqliteStore::open(folder.path().join("runs.db")).unwrap();
    let connection = store.connection.lock().unwrap();
    connection.execute_batch("INSERT INTO spaces VALUES (7, 'New', '0', '{}', '[]')").unwrap();
    let insert = "INSERT INTO studies (name, space, created, direction) VALUES ('new', 7, 5, 'sideways')";
    assert!(connection.execute_batch(insert).unwrap_err().to_string().contains("CHECK constraint failed"));
}

/// In both directions one step into an index finds it: nothing is sorted.
#[test]
fn the_best_trial_is_looked_up() {
    let folder = folder();
    let store = SqliteStore::open(folder.path().join("runs.db")).unwrap();
    let connection = store.connection.lock().unwrap();
    for sql in [ledger::HIGHEST, ledger::LOWEST] {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> = plan.query_map([1], |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].starts_with("SEARCH trials USING INDEX"), "{steps:?}");
    }
}

/// What a commit waits for, after a transaction of each kind: 2 is `full`, the disk, and 1 `normal`, nothing.
#[test]
fn outcomes_wait_for_the_disk() {
    let folder = folder();
    let store = SqliteStore::open(folder.path().join("runs.db")).unwrap();
    for (durability, expected) in [(Durability::Now, 2), (Durability::Soon, 1), (Durability::Now, 2)] {
        store.transact(durability, &mut |_| Ok(())).unwrap();
        let connection = store.connection.lock().unwrap();
        let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
        let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", expected));
    }
}

#[test]
fn the_database_checks_itself() {
    let folder = folder();
    let store = Arc::new(SqliteStore::open(folder.path().join("runs.db")).unwrap());
    run(Arc::clone(&store), 100).unwrap();
    let connection = store.connection.lock().unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let sql = "SELECT COUNT(*) FROM trials WHERE json_extract(config, '$.\"Config.digits[0]\"') BETWEEN 0 AND 9";
    let readable: i64 = connection.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(readable, 100);
}
