//! Files that are no good, and what is said of them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

use super::{SqliteStore, ledger, schema};
use crate::agent::Agent;
use crate::study::{Access, Direction, Durability, Ledger, Measured, Store, StoreError, Study, StudyError};

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

fn look_up<R>(store: &SqliteStore, work: impl FnMut(&mut dyn Ledger) -> Result<R, StudyError>) -> R {
    let store: &dyn Store = store;
    store.read(work).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// A file's size and text, to see that it was left alone.
fn bytes_of(path: &Path) -> Vec<u8> {
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
    let before = look_up(&store, |ledger| Ok(ledger.study("study")?.unwrap()));
    assert!((20..2000).contains(&before.done), "{before:?}");
    limit(100_000);
    let study = run(Arc::clone(&store), before.trials + 50).unwrap();
    let rows = study.trials().unwrap();
    assert_eq!(rows.len() as u64, before.trials + 50);
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
    let before = bytes_of(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(&error, StoreError::Foreign { .. }), "{error}");
    assert!(error.to_string().contains("it is an SQLite file of another program"), "{error}");
    assert!(bytes_of(&path) == before && !folder.path().join("browser.db-wal").exists());

    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "Buy milk. ".repeat(200)).unwrap();
    let before = bytes_of(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(error.to_string().contains("it is not an SQLite file"), "{error}");
    assert!(bytes_of(&path) == before);
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
    let before = bytes_of(&path);
    let error = SqliteStore::open(&path).unwrap_err();
    let StoreError::Newer { found, known, .. } = &error else { panic!("{error}") };
    assert_eq!((*found, *known), (later, schema::VERSION));
    assert!(error.to_string().ends_with("update this crate"), "{error}");
    assert!(bytes_of(&path) == before);
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
        // What came in place of another column must be said, too.
        let column = if version < 5 { "beat" } else { "attempt" };
        old.execute_batch(&format!(
            "INSERT INTO spaces VALUES (7, 'Old', '0', '{{}}', '[]');
             INSERT INTO studies (name, space, created) VALUES ('old', 7, 5);
             INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, reward, handed, failures, {column})
             VALUES (1, 0, 7, 'done', '{{}}', '[]', 'default', 0, 0.5, 1, 0, 1),
                    (1, 1, 7, 'done', '{{}}', '[]', 'default', 0, 0.75, 1, 0, 1)"
        ))
        .unwrap();
        drop(old);
        let store = Arc::new(SqliteStore::open(&path).unwrap());
        let old = look_up(&store, |ledger| Ok(ledger.study("old")?.unwrap()));
        assert_eq!((old.space, old.created.0, old.direction), (7, 5, Direction::Maximize));
        let best = look_up(&store, |ledger| Ok(ledger.best(old.id)?.unwrap()));
        assert_eq!((best.number, best.reward, best.step, best.severity), (1, Some(0.75), None, None));
        assert_eq!((best.origin, best.measured), (None, Measured::default()));
        assert_eq!(old.objectives, []);
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
fn the_best_trial_is_found() {
    let folder = folder();
    let store = SqliteStore::open(folder.path().join("runs.db")).unwrap();
    let connection = store.connection.lock().unwrap();
    for sql in [ledger::HIGHEST, ledger::LOWEST] {
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let steps: Vec<String> = plan.query_map([1, 1], |row| row.get("detail")).unwrap().map(Result::unwrap).collect();
        assert_eq!(steps.len(), 1, "{steps:?}");
        assert!(steps[0].starts_with("SEARCH trials USING INDEX"), "{steps:?}");
    }
}

/// What a commit waits for, after a transaction of each kind: 2 is `full`, the disk, and 1 `normal`, nothing.
#[test]
fn outcomes_wait_for_the_disk() {
    let folder = folder();
    let store = SqliteStore::open(folder.path().join("runs.db")).unwrap();
    for (durability, expected) in
        [(Durability::Now, 2), (Durability::Soon, 1), (Durability::Now, 2), (Durability::Later, 1)]
    {
        store.transact(Access::Shared(durability), &mut |_| Ok(())).unwrap();
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

/// A file as the release before attempts made it: 24 trials of which one failed and one was tried again, values, and two trials that were
/// with a worker that is gone.
const EARLIER: &[u8] = include_bytes!("../../../../tests/files/study-4.db");

fn earlier(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("runs.db");
    std::fs::write(&path, EARLIER).unwrap();
    path
}

#[test]
fn a_study_of_an_earlier_release_goes_on() {
    let folder = folder();
    let path = earlier(folder.path());
    let open = |store: SqliteStore| Study::in_store(Arc::new(store)).name("digits").quiet().ctrl_c(false).seed(3);
    let store = SqliteStore::open_read_only(&path).unwrap();
    let before = crate::study::StudyView::read(&store, "digits").unwrap();
    assert!(bytes_of(&path) == EARLIER, "a file that is read is left alone");
    let (study, trials) = (&before.study, &before.trials);
    assert_eq!((study.done, study.failed, study.pruned, study.trials), (19, 1, 4, 26));
    assert_eq!((trials[5].handed, trials[5].attempt, trials[5].failures), (2, 2, 1));
    assert!(!before.to_html().is_empty() && before.curves().len() > 20);

    let study = open(SqliteStore::open(&path).unwrap()).abandon_after(Duration::from_millis(300)).retries(1).trials(30);
    let study = study.run(value).unwrap();
    let rows = study.trials().unwrap();
    assert_eq!(rows.len(), 30);
    for (row, before) in rows.iter().zip(trials).take(24) {
        assert_eq!((row.phase, row.reward, &row.decisions), (before.phase, before.reward, &before.decisions));
    }
    assert!(rows[24..].iter().all(|row| row.reward == row.config.as_ref().map(value)));
    assert_eq!(rows[24].retries, 1, "it was left");
}

/// Who reads waits for nobody, and needs no permission.
#[test]
fn a_file_is_read_beside_a_writer_and_without_permissions() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 20).unwrap());
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; UPDATE studies SET trials = 0").unwrap();
    let begin = std::time::Instant::now();
    let store = SqliteStore::open_read_only(&path).unwrap();
    let study = crate::study::StudyView::read(&store, "study").unwrap();
    assert_eq!((study.trials.len(), study.study.trials), (20, 20));
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    let refused = (&store as &dyn Store).with(Access::Shared(Durability::Soon), |_| Ok(())).unwrap_err();
    assert!(refused.to_string().contains("is read-only"), "{refused}");
    writer.execute_batch("ROLLBACK").unwrap();
    drop((writer, store));
    let mut permissions = std::fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    assert_eq!(crate::study::StudyView::names(&SqliteStore::open_read_only(&path).unwrap()).unwrap(), ["study"]);
}

/// A store that was opened to be read sees what somebody writes later.
#[test]
fn who_only_reads_sees_what_is_written_later() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 5).unwrap());
    let reading = SqliteStore::open_read_only(&path).unwrap();
    let trials = || crate::study::StudyView::read(&reading, "study").unwrap().trials.len();
    assert_eq!(trials(), 5);
    let writing = run(Arc::new(SqliteStore::open(&path).unwrap()), 8).unwrap();
    assert_eq!(trials(), 8, "while it is open");
    drop(writing);
    assert_eq!(trials(), 8, "and once it is closed");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 9).unwrap());
    assert_eq!(trials(), 9);
}

#[test]
fn names_under_which_nothing_is_saved_are_refused() {
    for name in ["", ":memory:", "file:runs.db", "file:x?mode=memory"] {
        for error in [SqliteStore::open(name).unwrap_err(), SqliteStore::open_read_only(name).unwrap_err()] {
            assert!(matches!(error, StoreError::Name { .. }), "{name}: {error}");
        }
        assert!(!Path::new("runs.db").exists());
    }
    let error = SqliteStore::open(":memory:").unwrap_err().to_string();
    assert!(error.contains("`:memory:` is not the path of a file: say `Study::in_memory()`"), "{error}");
}

#[test]
fn a_file_with_views_or_triggers_is_refused_before_anything_is_asked_of_it() {
    for sql in ["CREATE VIEW reports_of AS SELECT 1", "CREATE TRIGGER t AFTER INSERT ON trials BEGIN SELECT 1; END"] {
        let folder = folder();
        let path = folder.path().join("runs.db");
        drop(SqliteStore::open(&path).unwrap());
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        for error in [SqliteStore::open(&path).unwrap_err(), SqliteStore::open_read_only(&path).unwrap_err()] {
            assert!(error.to_string().contains("views or triggers"), "{error}");
        }
    }
}

/// One row that cannot be read does not take the others along.
#[test]
fn a_damaged_trial_is_named_and_the_rest_is_shown_and_goes_on() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 20).unwrap());
    Connection::open(&path).unwrap().execute_batch("UPDATE trials SET trace = 'no JSON' WHERE number = 7").unwrap();
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let study = crate::study::StudyView::read(&*store, "study").unwrap();
    assert_eq!(study.trials.len(), 19);
    let [damage] = &study.damaged[..] else { panic!("{:?}", study.damaged) };
    assert!(damage.starts_with("trial 7, column `trace`: "), "{damage}");
    assert!(study.warnings()[0].contains("trial 7, column `trace`"), "{:?}", study.warnings());
    assert_eq!(study.to_csv().unwrap().lines().count(), 20);
    let study = run(store, 30).unwrap();
    assert_eq!(study.trials().unwrap().len(), 29);
}

/// An older SQLite, as Debian 12's, must find the file whole, too: `quick_check` of a later one finds no less.
#[test]
fn no_check_in_a_file_is_a_matter_of_the_version() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    drop(run(Arc::new(SqliteStore::open(&path).unwrap()), 5).unwrap());
    let connection = Connection::open(&path).unwrap();
    let mut schema = connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").unwrap();
    let schema: Vec<String> = schema.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(schema.iter().all(|sql| !sql.contains("json_valid") && !sql.contains("STRICT")), "{schema:?}");
}

/// A program that holds the file for longer than SQLite waits delays a run and changes nothing.
#[test]
fn a_file_that_is_held_by_another_program_is_waited_for() {
    let folder = folder();
    let path = folder.path().join("runs.db");
    let store = Arc::new(SqliteStore::open(&path).unwrap());
    let locked = path.clone();
    let objective = move |config: &Config| {
        if config.digits[0].is_multiple_of(2) {
            std::thread::sleep(Duration::from_millis(5));
        }
        value(config)
    };
    let holder = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(50));
        let connection = Connection::open(locked).unwrap();
        connection.busy_timeout(Duration::from_mins(1)).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::thread::sleep(super::open::PATIENCE + Duration::from_secs(1));
        connection.execute_batch("ROLLBACK").unwrap();
    });
    let agent = Agent::<Config>::builder().seed(3).build().unwrap();
    let study = Study::in_store(store).quiet().ctrl_c(false).agent(agent).workers(2).trials(200);
    let study = study.patience(Duration::from_mins(1)).run(objective).unwrap();
    holder.join().unwrap();
    let rows = study.trials().unwrap();
    assert!(rows.len() == 200 && rows.iter().all(|row| row.reward == row.config.as_ref().map(value)));
}
