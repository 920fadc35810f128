//! Opening a file: is it ours, is it of this version, may it be written?

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{fault, schema};
use crate::study::StoreError;

/// How long SQLite itself waits for another process's transaction, which takes milliseconds. Who has more patience asks again.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Marks a file as ours, in its header: `TNAS`.
const APPLICATION: i64 = 0x544e_4153;

/// A file that was opened.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) at_rest: Option<AtRest>,
}

/// A file that is read as one that nobody writes, and what it was like when it was opened.
#[derive(Debug)]
pub(super) struct AtRest {
    stamp: Stamp,
    /// A copy, where the file itself is not read.
    _copy: Option<tempfile::TempDir>,
}

/// What tells whether a file was written: the length and the time of the last change, and the length of what is not folded into it yet.
#[derive(Debug, PartialEq, Eq)]
struct Stamp(u64, Option<SystemTime>, u64);

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self(metadata.len(), metadata.modified().ok(), log(path)))
    }
}

impl AtRest {
    fn of(path: &Path, copy: Option<tempfile::TempDir>) -> Option<Self> {
        Some(Self { stamp: Stamp::of(path)?, _copy: copy })
    }

    /// Whether nobody wrote since.
    pub(super) fn is_still(&self, path: &Path) -> bool {
        Stamp::of(path).is_some_and(|now| now == self.stamp)
    }
}

pub(super) fn open(path: &Path) -> Result<Connection, StoreError> {
    check_name(path)?;
    if std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        return Err(StoreError::ReadOnly { path: path.to_owned() });
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    connect(path, flags).map_err(|error| fault::of(path, error)).and_then(|mut connection| {
        prepare(path, &mut connection)?;
        Ok(connection)
    })
}

/// A file that is only read. Where nobody has it open it is taken as it is, so that reading leaves nothing beside it. One that SQLite
/// cannot read where it is, and one of an earlier version, are copied.
pub(super) fn open_read_only(path: &Path) -> Result<Opened, StoreError> {
    check_name(path)?;
    let at_rest = AtRest::of(path, None).filter(|_| log(path) == 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match &at_rest {
        Some(_) => connect(Path::new(&immutable(path)), flags | OpenFlags::SQLITE_OPEN_URI),
        None => connect(path, flags),
    };
    let connection = connection.map_err(|error| fault::of(path, error))?;
    match check(path, &connection) {
        Ok(version) if version == schema::MIGRATIONS.len() => Ok(Opened { connection, at_rest }),
        Ok(_) | Err(StoreError::ReadOnly { .. } | StoreError::Database { .. }) => {
            drop(connection);
            open_copy(path)
        }
        Err(error) => Err(error),
    }
}

/// The length of what is not folded into a file yet.
fn log(path: &Path) -> u64 {
    beside(path, "-wal").metadata().map_or(0, |metadata| metadata.len())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// The file as something that nobody writes. What a URI has a meaning for is escaped.
fn immutable(path: &Path) -> String {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{path}?immutable=1")
}

fn open_copy(path: &Path) -> Result<Opened, StoreError> {
    let failed = |source: std::io::Error| StoreError::Database {
        path: path.to_owned(),
        reason: format!("it can be read only from a copy, and that could not be made: {source}"),
        source: Box::new(source),
    };
    let folder = tempfile::tempdir().map_err(failed)?;
    let copy = folder.path().join("copy.db");
    for end in ["", "-wal"] {
        if end.is_empty() || beside(path, end).exists() {
            let bytes = std::fs::read(beside(path, end)).map_err(failed)?;
            std::fs::write(beside(&copy, end), bytes).map_err(failed)?;
        }
    }
    let renamed = |error| match error {
        StoreError::Newer { found, known, .. } => StoreError::Newer { path: path.to_owned(), found, known },
        StoreError::Foreign { reason, .. } => StoreError::Foreign { path: path.to_owned(), reason },
        other => other,
    };
    Ok(Opened { connection: open(&copy).map_err(renamed)?, at_rest: AtRest::of(path, Some(folder)) })
}

/// SQLite keeps nothing under some names.
fn check_name(path: &Path) -> Result<(), StoreError> {
    let name = path.to_string_lossy();
    let advice = match &*name {
        "" => {
            "say `Study::in_memory()` for a study that lasts as long as the process, or give a path such as `runs.db`"
        }
        ":memory:" => "say `Study::in_memory()` for a study that lasts as long as the process",
        name if name.starts_with("file:") => {
            "give the path itself, without `file:` and parameters; for a file of that name write `./file:..`"
        }
        _ => return Ok(()),
    };
    Err(StoreError::Name { name: name.into_owned(), advice })
}

/// There must be a file with something in it.
pub(super) fn must_be_there(path: &Path) -> Result<(), StoreError> {
    check_name(path)?;
    match std::fs::metadata(path) {
        Err(_) => Err(StoreError::Missing { path: path.to_owned() }),
        Ok(metadata) if metadata.len() == 0 => {
            Err(StoreError::Foreign { path: path.to_owned(), reason: "it is empty".to_owned() })
        }
        Ok(_) => Ok(()),
    }
}

fn connect(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(64);
    // What a file says of itself is not to be trusted.
    connection.pragma_update(None, "trusted_schema", "off")?;
    Ok(connection)
}

/// A file of another program is read, never changed.
fn prepare(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let database = |error| fault::of(path, error);
    check(path, connection)?;
    // While tables are made anew, references hang in the air.
    for (name, value) in [("journal_mode", "wal"), ("foreign_keys", "off")] {
        connection.pragma_update(None, name, value).map_err(database)?;
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(database)?;
    let version = check(path, &transaction)?;
    for migration in schema::MIGRATIONS.iter().skip(version) {
        transaction.execute_batch(migration).map_err(database)?;
    }
    if version < schema::MIGRATIONS.len() {
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(database)?;
        transaction.pragma_update(None, "user_version", schema::VERSION).map_err(database)?;
    }
    transaction.commit().map_err(database)?;
    connection.pragma_update(None, "foreign_keys", "on").map_err(database)
}

/// The schema version of a file of ours; 0 of one without anything in it.
fn check(path: &Path, connection: &Connection) -> Result<usize, StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let database = |error| fault::of(path, error);
    let tables = number("SELECT COUNT(*) FROM sqlite_schema").map_err(database)?;
    let application = number("PRAGMA application_id").map_err(database)?;
    if application != APPLICATION && (tables > 0 || application != 0) {
        let reason = "it is an SQLite file of another program".to_owned();
        return Err(StoreError::Foreign { path: path.to_owned(), reason });
    }
    let other = number("SELECT COUNT(*) FROM sqlite_schema WHERE type NOT IN ('table', 'index')").map_err(database)?;
    if other > 0 {
        let reason = "it has views or triggers, which no file of this crate has".to_owned();
        return Err(StoreError::Foreign { path: path.to_owned(), reason });
    }
    let (found, known) = (number("PRAGMA user_version").map_err(database)?, schema::VERSION);
    if found > known {
        return Err(StoreError::Newer { path: path.to_owned(), found, known });
    }
    Ok(usize::try_from(found).unwrap_or(0))
}
