//! Where a store is: the path of an SQLite file, or the address of a PostgreSQL database.

use std::path::Path;
use std::sync::Arc;

use super::{Store, StoreError};

/// Opens the studies in an SQLite file or a PostgreSQL database, which are made where there are none.
///
/// A location that begins with `postgres://` or `postgresql://` is the address of a database (see [`PostgresStore`](super::PostgresStore));
/// any other one is the path of a file.
pub fn open(location: impl AsRef<Path>) -> Result<Arc<dyn Store>, StoreError> {
    match place(location.as_ref()) {
        Place::Database(address) => databases::open(address),
        Place::File(path) => files::open(path),
    }
}

/// As [`open`], where there must be studies.
pub fn open_existing(location: impl AsRef<Path>) -> Result<Arc<dyn Store>, StoreError> {
    match place(location.as_ref()) {
        Place::Database(address) => databases::open_existing(address),
        Place::File(path) => files::open_existing(path),
    }
}

/// As [`open_existing`], to be read only: no permission to write is needed.
pub fn open_read_only(location: impl AsRef<Path>) -> Result<Arc<dyn Store>, StoreError> {
    match place(location.as_ref()) {
        Place::Database(address) => databases::open_read_only(address),
        Place::File(path) => files::open_read_only(path),
    }
}

/// Whether two locations are of the same store, as far as that can be known.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    match (place(one), place(other)) {
        (Place::Database(one), Place::Database(other)) => one == other,
        (Place::File(one), Place::File(other)) => {
            matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
        }
        _ => false,
    }
}

enum Place<'a> {
    File(&'a Path),
    Database(&'a str),
}

fn place(location: &Path) -> Place<'_> {
    let address = location.to_str().filter(|text| after_scheme(text).is_some());
    address.map_or(Place::File(location), Place::Database)
}

/// What follows the scheme of an address.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known)).then_some(rest)
}

/// What a location is called in messages: as it is, but for a password.
#[must_use]
pub fn shown(location: &Path) -> String {
    let text = location.display().to_string();
    let Some(rest) = after_scheme(&text) else { return text };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, database) = rest.split_at(end);
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    // What comes before such a character may be the beginning of a password.
    let is_unclear = database.contains(['@', '#']);
    let database = database.split('?').next().unwrap_or_default();
    match user.split(':').next().unwrap_or_default() {
        _ if is_unclear => "postgres://..".to_owned(),
        "" => format!("postgres://{hosts}{database}"),
        user => format!("postgres://{user}@{hosts}{database}"),
    }
}

#[cfg(feature = "postgres")]
mod databases {
    use super::{Arc, Store, StoreError};
    use crate::study::store::PostgresStore;

    pub(super) fn open(address: &str) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(PostgresStore::open(address)?))
    }

    pub(super) fn open_existing(address: &str) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(PostgresStore::open_existing(address)?))
    }

    pub(super) fn open_read_only(address: &str) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(PostgresStore::open_read_only(address)?))
    }
}

#[cfg(not(feature = "postgres"))]
mod databases {
    use super::{Arc, Path, Store, StoreError, shown};

    pub(super) fn open(address: &str) -> Result<Arc<dyn Store>, StoreError> {
        let advice = "a PostgreSQL database needs the feature `postgres` of the crate `transfer-nas`".to_owned();
        Err(StoreError::Address { address: shown(Path::new(address)), advice })
    }

    pub(super) use open as open_existing;
    pub(super) use open as open_read_only;
}

#[cfg(feature = "sqlite")]
mod files {
    use super::{Arc, Path, Store, StoreError};
    use crate::study::store::SqliteStore;

    pub(super) fn open(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(SqliteStore::open(path)?))
    }

    pub(super) fn open_existing(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(SqliteStore::open_existing(path)?))
    }

    pub(super) fn open_read_only(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        Ok(Arc::new(SqliteStore::open_read_only(path)?))
    }
}

#[cfg(not(feature = "sqlite"))]
mod files {
    use super::{Arc, Path, Store, StoreError};

    pub(super) fn open(path: &Path) -> Result<Arc<dyn Store>, StoreError> {
        let advice = "an SQLite file needs the feature `sqlite` of the crate `transfer-nas`";
        Err(StoreError::Name { name: path.display().to_string(), advice })
    }

    pub(super) use open as open_existing;
    pub(super) use open as open_read_only;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_shown_without_a_password() {
        for (location, expected) in [
            ("runs.db", "runs.db"),
            ("a/postgres://b", "a/postgres://b"),
            ("postgres://u:secret@h:1/db?password=secret", "postgres://u@h:1/db"),
            ("postgresql://h?sslpassword=secret", "postgres://h"),
            ("POSTGRES://u:a@secret@h/db", "postgres://u@h/db"),
            ("postgres://u:secret/secret@h/db", "postgres://.."),
            ("postgres://u:secret#secret@h/db", "postgres://.."),
            ("postgres://", "postgres://"),
        ] {
            assert_eq!(shown(Path::new(location)), expected);
        }
    }

    #[cfg(not(feature = "postgres"))]
    #[test]
    fn a_database_needs_its_feature() {
        let error = open("postgres://u:secret@h/db").err().unwrap();
        assert!(matches!(error, StoreError::Address { .. }));
        assert!(error.to_string().contains("`postgres://u@h/db`: a PostgreSQL database needs the feature `postgres`"));
    }
}
