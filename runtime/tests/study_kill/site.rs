//! Where a study is that is disturbed, and on which ways its workers come to it.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;
use transfer_nas::study::{Access, Phase, Store, StudyRecord, TrialRecord, location};

#[cfg(feature = "postgres")]
use tokio_postgres::{Config, config::Host};

#[cfg(feature = "postgres")]
use crate::{database::Database, proxy::Proxy, server::Server};

/// How many processes work on a study.
pub(crate) const WORKERS: usize = 4;

pub(crate) struct Site {
    /// What the workers note.
    pub(crate) folder: TempDir,
    /// The file or the database.
    pub(crate) place: String,
    /// The same on each worker's own line, where they have some.
    #[cfg(feature = "postgres")]
    ways: Vec<String>,
    #[cfg(feature = "postgres")]
    pub(crate) proxies: Vec<Proxy>,
    /// Before the server that it is on.
    #[cfg(feature = "postgres")]
    database: Option<Database>,
    #[cfg(feature = "postgres")]
    pub(crate) server: Option<Server>,
}

impl Site {
    pub(crate) fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("runs.db").to_str().unwrap().to_owned();
        Self {
            folder,
            place,
            #[cfg(feature = "postgres")]
            ways: Vec::new(),
            #[cfg(feature = "postgres")]
            proxies: Vec::new(),
            #[cfg(feature = "postgres")]
            database: None,
            #[cfg(feature = "postgres")]
            server: None,
        }
    }

    /// Where a worker finds the study.
    pub(crate) fn way(&self, slot: usize) -> &str {
        #[cfg(feature = "postgres")]
        if let Some(way) = self.ways.get(slot) {
            return way;
        }
        let _ = slot;
        &self.place
    }

    /// Asserts that what is saved belongs together.
    pub(crate) fn check(&self) {
        if Path::new(&self.place).exists() {
            let connection = Connection::open(&self.place).unwrap();
            let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(check, "ok");
        }
        let store = location::open_existing(&self.place).unwrap();
        let (study, trials) = read(&*store);
        // Each event is one question or one lesson, without a gap and without a double.
        let mut events: Vec<u64> = trials.iter().flat_map(|trial| [trial.asked, trial.learned]).flatten().collect();
        events.sort_unstable();
        assert_eq!(events, (1..=study.events).collect::<Vec<_>>());
        assert_eq!(study.trials, trials.len() as u64);
        assert_eq!(study.done, trials.iter().filter(|trial| trial.phase == Phase::Done).count() as u64);
    }
}

fn read(store: &dyn Store) -> (StudyRecord, Vec<TrialRecord>) {
    let mut all = None;
    let read = store.transact(Access::Read, &mut |ledger| {
        let study = ledger.study("killed")?.unwrap();
        let trials = ledger.trials(study.id)?;
        all = Some((study, trials));
        Ok(())
    });
    read.unwrap();
    all.unwrap()
}

#[cfg(feature = "postgres")]
impl Database {
    /// The host and the port of the server.
    fn endpoint(&self) -> (String, u16) {
        let config: Config = self.server.parse().unwrap();
        let Some(Host::Tcp(host)) = config.get_hosts().first() else { panic!("{} is no host", self.server) };
        (host.clone(), config.get_ports().first().copied().unwrap_or(5432))
    }

    /// The store's address through a port of this machine that leads there.
    fn address_by(&self, port: u16) -> String {
        let config: Config = self.server.parse().unwrap();
        let (user, database) = (config.get_user().unwrap(), config.get_dbname().unwrap());
        let password = config.get_password().map(|word| format!(":{}", String::from_utf8_lossy(word)));
        let password = password.unwrap_or_default();
        format!("postgres://{user}{password}@127.0.0.1:{port}/{database}?sslmode=disable&schema={}", self.schema)
    }
}

#[cfg(feature = "postgres")]
impl Site {
    /// A database of the server that tests use; none where none answers.
    pub(crate) fn database() -> Option<Self> {
        Database::make().map(Self::of)
    }

    /// The same, each worker on a line of its own.
    pub(crate) fn lines() -> Option<Self> {
        let site = Self::database()?;
        let database = site.database.as_ref().unwrap();
        let proxies: Vec<_> = (0..WORKERS as u64).map(|seed| Proxy::start(database.endpoint(), seed)).collect();
        let ways = proxies.iter().map(|proxy| database.address_by(proxy.port)).collect();
        Some(Self { ways, proxies, ..site })
    }

    /// A database of a server of its own; none where no server can be started.
    pub(crate) fn server() -> Option<Self> {
        let server = Server::start()?;
        let site = Self::of(Database::on(&server.address()));
        Some(Self { server: Some(server), ..site })
    }

    fn of(database: Database) -> Self {
        Self { place: database.address(), database: Some(database), ..Self::file() }
    }
}
