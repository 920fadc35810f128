//! Which databases are opened, and what is made of them.

use std::sync::Arc;

use super::server::{Database, address, address_with, connect, say};
use crate::study::store::postgres::{PostgresStore, schema};
use crate::study::store::{Access, Durability, Store, location};
use crate::study::{Direction, StoreError, Study, StudyError};

const SHARED: Access = Access::Shared(Durability::Soon);

#[crate::search_space]
#[derive(Debug, Clone, PartialEq)]
struct Config {
    #[space(range = 0..=9)]
    digits: [u8; 2],
}

fn value(config: &Config) -> f64 {
    config.digits.iter().map(|digit| f64::from(*digit)).sum()
}

#[test]
fn a_study_is_opened_by_its_address() {
    let Some(database) = Database::make() else { return };
    let address = database.address();
    let run = |trials| Study::open(&address).unwrap().quiet().ctrl_c(false).seed(1).trials(trials).run(value).unwrap();
    assert_eq!(run(8).trials().unwrap().len(), 8);
    assert_eq!(run(12).trials().unwrap().len(), 12);
    let builder = Study::open(&address).unwrap().quiet().ctrl_c(false).name("second").trials(3).starts(1);
    let second = builder.warm_start_from(&address, "study").unwrap().run(value).unwrap();
    assert_eq!(second.trials().unwrap()[0].reward, run(12).best().unwrap().map(|best| best.reward));
    let store = location::open_existing(&address).unwrap();
    assert_eq!(store.read(|ledger| Ok(ledger.studies()?.len())).unwrap(), 2);
    let file = store.rescue().unwrap();
    assert!(file.to_str().unwrap().starts_with("transfer-nas-") && file.components().count() == 1, "{file:?}");
}

#[test]
fn many_may_open_a_new_database_at_once() {
    let Some(database) = Database::make() else { return };
    let address = Arc::new(database.address());
    let open = |address: Arc<String>| std::thread::spawn(move || PostgresStore::open(&address));
    let threads: Vec<_> = (0..8).map(|_| open(Arc::clone(&address))).collect();
    for thread in threads {
        let store = thread.join().unwrap().unwrap();
        assert!(store.read_studies().unwrap().is_empty());
    }
    let versions =
        say(&format!("SELECT string_agg(version::text, ' ') FROM {}.transfer_nas_version", database.quoted()));
    assert_eq!(versions, schema::VERSION.to_string());
}

impl PostgresStore {
    fn read_studies(&self) -> Result<Vec<String>, StudyError> {
        let store: &dyn Store = self;
        store.read(|ledger| Ok(ledger.studies()?.into_iter().map(|study| study.name).collect()))
    }

    fn add_study(&self, name: &str) -> Result<(), StudyError> {
        let space = crate::study::SpaceRecord::of::<Config>();
        let store: &dyn Store = self;
        store.with(SHARED, |ledger| {
            let space = ledger.add_space(&space)?;
            ledger.add_study(name, space, Direction::Maximize)?;
            Ok(())
        })
    }
}

#[test]
fn a_later_version_is_refused_and_left_alone() {
    let Some(database) = Database::make() else { return };
    drop(database.open());
    say(&format!("UPDATE {}.transfer_nas_version SET version = {}", database.quoted(), schema::VERSION + 5));
    let error = PostgresStore::open(&database.address()).unwrap_err();
    let StoreError::Newer { found, known, .. } = &error else { panic!("{error}") };
    assert_eq!((*found, *known), (schema::VERSION + 5, schema::VERSION));
    assert!(error.to_string().starts_with("`postgres://"), "{error}");
    let version = say(&format!("SELECT version FROM {}.transfer_nas_version", database.quoted()));
    assert_eq!(version, (schema::VERSION + 5).to_string());
}

#[test]
fn a_schema_of_another_program_is_refused_and_left_alone() {
    let Some(database) = Database::make() else { return };
    let schema = database.quoted();
    say(&format!("CREATE SCHEMA {schema}; CREATE TABLE {schema}.trials (judge TEXT)"));
    let error = PostgresStore::open(&database.address()).unwrap_err();
    assert!(error.to_string().contains("has tables of another program; name another one"), "{error}");
    say(&format!("ALTER TABLE {schema}.trials RENAME TO verdicts"));
    database.open().add_study("study").unwrap();
    assert_eq!(say(&format!("SELECT count(*) FROM {schema}.verdicts")), "0");
}

#[test]
fn what_must_be_there_is_not_made() {
    let Some(database) = Database::make() else { return };
    for open in [PostgresStore::open_existing, PostgresStore::open_read_only] {
        let error = open(&database.address()).unwrap_err();
        assert!(matches!(&error, StoreError::NotSetUp { schema, .. } if *schema == database.schema), "{error}");
    }
    assert_eq!(say(&format!("SELECT count(*) FROM pg_namespace WHERE nspname = '{}'", database.schema)), "0");
    let error = PostgresStore::open(&address_with("dbname=no_such_database")).unwrap_err();
    assert!(error.to_string().contains("createdb") && !error.is_transient(), "{error}");
}

/// A user of the server, who is dropped in the end.
struct Role(String);

impl Role {
    fn make(database: &Database) -> Self {
        let role = Self(format!("reader of {}", database.schema).replace('"', ""));
        say(&format!("CREATE ROLE \"{}\" LOGIN", role.0));
        role
    }

    fn address(&self, database: &Database) -> String {
        format!("{}&user={}", database.address(), self.0.replace(' ', "%20"))
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        if let Ok(connection) = connect(&address()) {
            let _ = connection.batch(format!("DROP OWNED BY \"{0}\"; DROP ROLE \"{0}\"", self.0));
        }
    }
}

#[test]
fn a_user_needs_permissions_and_no_more() {
    let Some(database) = Database::make() else { return };
    let role = Role::make(&database);
    let address = role.address(&database);
    if PostgresStore::open(&address).is_err_and(|error| error.to_string().contains("password")) {
        return; // This server does not let a new user in without one.
    }
    let denied = |error: &StoreError| error.to_string().contains("grant the user CREATE") && !error.is_transient();
    assert!(denied(&PostgresStore::open(&address).unwrap_err()));
    database.open().add_study("study").unwrap();
    assert!(denied(&PostgresStore::open(&address).unwrap_err()));
    let grant = |what: &str| say(&format!("GRANT {what} IN SCHEMA {} TO \"{}\"", database.quoted(), role.0));
    say(&format!("GRANT USAGE ON SCHEMA {} TO \"{}\"", database.quoted(), role.0));
    grant("SELECT ON ALL TABLES");
    for open in [PostgresStore::open, PostgresStore::open_existing, PostgresStore::open_read_only] {
        assert_eq!(open(&address).unwrap().read_studies().unwrap(), ["study"]);
    }
    let read_only = PostgresStore::open_read_only(&address).unwrap().add_study("b");
    assert!(matches!(read_only, Err(StudyError::Store(StoreError::ReadOnly { .. }))));
    let store = PostgresStore::open(&address).unwrap();
    let Err(StudyError::Store(error)) = store.add_study("b") else { panic!() };
    assert!(denied(&error), "{error}");
    grant("INSERT, UPDATE, DELETE ON ALL TABLES");
    store.add_study("b").unwrap();
}

#[test]
fn a_password_is_shown_nowhere() {
    let Some(database) = Database::make() else { return };
    let address = format!("{}&password=secret", database.address());
    let store = PostgresStore::open(&address).unwrap();
    let shown = format!("{store:?} {} {}", store.name(), location::shown(address.as_ref()));
    assert!(!shown.contains("secret") && shown.contains("PostgresStore"), "{shown}");
    assert!(store.name().starts_with("postgres://") && store.name().contains("?schema=test%20%22"), "{}", store.name());
}

/// A schema as each earlier version made it, with a study in it.
#[test]
fn an_earlier_schema_is_brought_up_to_date() {
    for version in 1..schema::MIGRATIONS.len() {
        let Some(database) = Database::make() else { return };
        let quoted = database.quoted();
        let tables = schema::MIGRATIONS[..version].concat();
        say(&format!(
            "CREATE SCHEMA {quoted}; SET search_path = {quoted}; {tables}
             UPDATE transfer_nas_version SET version = {version};
             INSERT INTO spaces VALUES (7, 'Old', '0', '{{}}', '[]');
             INSERT INTO studies (name, space, created) VALUES ('old', 7, 5);
             INSERT INTO trials (study, number, space, phase, config, trace, task, log_prob, reward, handed, attempt, failures)
             VALUES (1, 0, 7, 'done', '{{}}', '[]', 'default', 0, 0.5, 1, 1, 0)"
        ));
        let store: Arc<dyn Store> = Arc::new(database.open());
        let old = crate::study::StudyView::read(&*store, "old").unwrap();
        assert_eq!((old.study.objectives.len(), old.study.created.0, old.study.done), (0, 5, 1));
        assert_eq!((old.trials[0].reward, old.trials[0].measured.is_empty()), (Some(0.5), true));
        let found = say(&format!("SELECT version FROM {quoted}.transfer_nas_version"));
        assert_eq!(found, schema::VERSION.to_string());
    }
}
