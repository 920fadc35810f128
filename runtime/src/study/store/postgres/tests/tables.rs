//! How the tables are used: through indexes, without traces in the session, and past what is damaged.

use super::server::{Database, ask, say};
use crate::study::store::contract_tests::trial;
use crate::study::store::postgres::ledger::{self, Session};
use crate::study::store::postgres::transaction::Transaction;
use crate::study::store::postgres::{PostgresStore, trials};
use crate::study::store::{Access, Durability, Ledger, Phase, Store, TrialRecord};
use crate::study::{Direction, SpaceRecord, StoreError, StudyError, StudyRecord};

const SHARED: Access = Access::Shared(Durability::Soon);

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 2],
}

/// A study with queued trials.
pub(super) fn study(store: &dyn Store, queued: u64) -> StudyRecord {
    let made = store.with(Access::Exclusive(Durability::Now), |ledger| {
        let space = ledger.add_space(&SpaceRecord::of::<Config>())?;
        let study = ledger.add_study("study", space, Direction::Maximize)?;
        let trials: Vec<TrialRecord> = (0..queued).map(|number| trial(number, space, Phase::Queued)).collect();
        ledger.put_trials(study.id, &trials.iter().collect::<Vec<_>>())?;
        Ok(study)
    });
    made.unwrap()
}

/// Reads with the store's own connection, within a transaction.
fn within(
    store: &PostgresStore,
    access: Access,
    work: impl Fn(&mut Session<'_>) -> Result<(), StoreError>,
    sql: &str,
) -> String {
    let found = store.with_connection(|connection| {
        let transaction = Transaction::begin(connection, &store.namespace, access)?;
        let mut session = Session::new(transaction, &store.namespace);
        work(&mut session)?;
        let found = ask(connection, sql);
        session.end().commit()?;
        Ok(found)
    });
    found.unwrap()
}

#[test]
fn no_prepared_statement_is_left() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let study = study(&store, 5);
    let work = |session: &mut Session<'_>| {
        session.claim(study.id, "worker", 2)?;
        session.heartbeat(study.id, "worker", None, 1)?;
        session.trials(study.id)?;
        session.best(study.id)?;
        session.notify(study.id)
    };
    assert_eq!(within(&store, SHARED, work, "SELECT count(*) FROM pg_prepared_statements"), "0");
}

/// Whoever gets the connection after a transaction finds it as it was.
#[test]
fn what_is_set_holds_for_a_transaction_only() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let settings =
        "SELECT concat_ws(' ', current_setting('synchronous_commit'), current_setting('transaction_isolation'),
        current_setting('transaction_read_only'), current_setting('statement_timeout'), current_setting('lock_timeout'),
        current_setting('idle_in_transaction_session_timeout'), current_setting('search_path'),
        (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'))";
    let outside = || store.with_connection(|connection| Ok(ask(connection, settings))).unwrap();
    let before = outside();
    let path = format!("{}, pg_temp", database.quoted());
    let now = say("SHOW synchronous_commit");
    let (now, later, exclusive) = (&*now, Durability::Later, Access::Exclusive);
    for (access, commit, isolation, read_only, locks) in [
        (Access::Read, now, "repeatable read", "on", 0),
        (Access::Shared(Durability::Now), now, "read committed", "off", 0),
        (Access::Shared(Durability::Soon), now, "read committed", "off", 0),
        (Access::Shared(later), "off", "read committed", "off", 0),
        (exclusive(Durability::Now), now, "read committed", "off", 1),
        (exclusive(Durability::Soon), now, "read committed", "off", 1),
        (exclusive(later), "off", "read committed", "off", 1),
    ] {
        let expected = format!("{commit} {isolation} {read_only} 1min 10s 1min {path} {locks}");
        assert_eq!(within(&store, access, |_| Ok(()), settings), expected, "{access:?}");
        assert_eq!(outside(), before, "{access:?}");
    }
}

/// Each of the questions that are asked all the time is answered from an index, without reading the other trials.
#[test]
fn trials_are_found() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let study = study(&store, 3000);
    let (id, quoted) = (study.id, database.quoted());
    say(&format!(
        "UPDATE {quoted}.trials SET phase = 'done', reward = number, learned = number + 150, config = number::text,
            asked = CASE WHEN number % 10 > 0 THEN number END WHERE number < 2900;
         ANALYZE {quoted}.trials"
    ));
    let plan = |sql: &str, values: &str| {
        let connection = super::server::connect(&database.address()).unwrap();
        ask(&connection, &format!("SET search_path = {quoted}; PREPARE asked AS {sql}"));
        let values = values.replace("study", &id.to_string());
        let said = connection.batch(format!("EXPLAIN (COSTS off) EXECUTE asked ({values})")).unwrap();
        let lines = said.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
            _ => None,
        });
        lines.collect::<Vec<_>>().join("\n")
    };
    for (sql, values, index) in [
        (ledger::HIGHEST, "study, 1, '{}'", "best"),
        (ledger::LOWEST, "study, 1, '{}'", "best"),
        (ledger::STUDY, "'a'", "unlearned"),
        (ledger::CLAIM, "study, 1, 'w', 1", "open"),
        (ledger::ENDED, "study", "unlearned"),
        (ledger::FIRST_OPEN, "study", "open"),
        (ledger::RUNNING, "study", "open"),
        (ledger::SINCE, "study, 3000", "asked"),
        (ledger::SINCE, "study, 3000", "learned"),
        (ledger::ENQUEUED, "study, '70'", "enqueued"),
    ] {
        let plan = plan(sql, values);
        let uses = [format!("using {index} on"), format!("on {index}")];
        assert!(uses.iter().any(|uses| plan.contains(uses)) && !plan.contains("Seq Scan on trials"), "{sql}\n{plan}");
    }
}

#[test]
fn damaged_rows_are_passed_over_and_named() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let study = study(&store, 4);
    let (store, table) = (&store as &dyn Store, format!("{}.trials", database.quoted()));
    let put = |number, reward| {
        let done = TrialRecord { reward: Some(reward), ..trial(number, study.space, Phase::Done) };
        store.with(SHARED, |ledger| Ok(ledger.put_trial(study.id, &done)?)).unwrap();
    };
    (4..7).for_each(|number| put(number, number as f64));
    say(&format!("ALTER TABLE {table} DROP CONSTRAINT trials_phase_check"));
    say(&format!("UPDATE {table} SET trace = '[[1' WHERE number IN (0, 6)"));
    say(&format!("UPDATE {table} SET phase = 'lost' WHERE number = 1"));
    say(&format!("UPDATE {table} SET attempt = -1 WHERE number = 5"));
    let (trials, damaged) = store.read(|ledger| Ok((ledger.trials(study.id)?, ledger.damaged()))).unwrap();
    assert_eq!(trials.iter().map(|trial| trial.number).collect::<Vec<_>>(), [2, 3, 4]);
    let named = [
        "trial 0, column `trace`",
        "trial 1, column `phase`: `lost`",
        "trial 5, column `attempt`: -1",
        "trial 6, column `trace`",
    ];
    assert!(
        damaged.len() == 4 && damaged.iter().zip(named).all(|(line, begin)| line.starts_with(begin)),
        "{damaged:?}"
    );
    let (best, damaged) = store.read(|ledger| Ok((ledger.best(study.id)?, ledger.damaged()))).unwrap();
    assert_eq!((best.map(|best| best.number), damaged.len()), (Some(4), 2));
    let one = store.read(|ledger| Ok(ledger.trial(study.id, 0)?));
    assert!(matches!(one, Err(StudyError::Store(StoreError::Damaged { .. }))), "{one:?}");
    // What stands first in the queue does not keep others from their turn.
    let claim = || store.with(SHARED, |ledger| Ok(ledger.claim(study.id, "w", 1)?)).unwrap();
    assert_eq!(claim(), []);
    assert_eq!(claim().iter().map(|trial| trial.number).collect::<Vec<_>>(), [2]);
    let error = say(&format!("SELECT phase || ': ' || error FROM {table} WHERE number = 0"));
    assert!(error.starts_with("failed: it cannot be read: trial 0, column `trace`"), "{error}");
}

/// More trials than one statement writes.
#[test]
fn batches_are_written_one_after_the_other() {
    let Some(database) = Database::make() else { return };
    let store = database.open();
    let count = 2 * trials::BATCH as u64 + 1;
    let study = study(&store, count);
    let store: &dyn Store = &store;
    assert_eq!(store.read(|ledger| Ok(ledger.count_queued(study.id)?)).unwrap(), count);
}
