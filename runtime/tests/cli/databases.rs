//! Studies in a PostgreSQL database. Where no server answers, these tests are left out.

use std::io::Write;

use tempfile::TempDir;
use transfer_nas::prelude::*;
use transfer_nas::study::{PostgresStore, StoreError, Study};

use crate::{failure, names, said};

#[search_space]
#[derive(Debug)]
struct Net {
    #[space(choices = [16, 32, 64])]
    width: u32,
}

/// A schema of its own, which is dropped in the end.
struct Database {
    schema: String,
}

fn server() -> String {
    std::env::var("TRANSFER_NAS_POSTGRES").unwrap_or_else(|_| "postgres://postgres@localhost/test".to_owned())
}

impl Database {
    fn make(name: &str) -> Option<Self> {
        let database = Self { schema: format!("test_cli_{name}_{}", std::process::id()) };
        match PostgresStore::open(&database.address("")) {
            Err(StoreError::Unreachable { .. }) if std::env::var("TRANSFER_NAS_POSTGRES_REQUIRED").is_err() => {
                let _ = writeln!(std::io::stderr(), "no PostgreSQL server answers: tests with it are left out");
                None
            }
            made => {
                drop(made.unwrap());
                Some(database)
            }
        }
    }

    fn address(&self, parameters: &str) -> String {
        let server = server();
        let sign = if server.contains('?') { '&' } else { '?' };
        format!("{server}{sign}schema={}{parameters}", self.schema)
    }

    fn study(&self, name: &str) {
        let study = Study::open(self.address("")).unwrap().name(name).quiet().ctrl_c(false).seed(1);
        study.run(|net: &Net| f64::from(net.width)).unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sql = format!("DROP SCHEMA {} CASCADE", self.schema);
        runtime.block_on(async {
            let Ok((client, connection)) = tokio_postgres::connect(&server(), tokio_postgres::NoTls).await else {
                return;
            };
            let connection = tokio::spawn(connection);
            let _ = client.batch_execute(&sql).await;
            drop(client);
            let _ = connection.await;
        });
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn studies_of_a_database_are_listed_shown_and_exported() {
    let Some(database) = Database::make("studies") else { return };
    let (folder, address) = (folder(), database.address("&password=secret"));
    database.study("baseline");
    let listed = said(folder.path(), &["study", "list", &address]);
    assert!(listed.contains("baseline") && listed.contains("64 (trial "), "{listed}");
    let shown = said(folder.path(), &["study", "show", &address]);
    assert!(shown.contains("3 done") && shown.contains("Net.width  64"), "{shown}");
    let csv = said(folder.path(), &["study", "export", &address, "baseline", "--format", "csv"]);
    assert_eq!(csv.lines().count(), 4, "{csv}");
    said(folder.path(), &["study", "report", &address, "--output", "report.html"]);
    assert_eq!(names(folder.path()), ["report.html"]);
    database.study("second");
    let several = failure(folder.path(), &["study", "show", &address]);
    assert!(several.contains("has several studies, say which: `baseline`, `second`"), "{several}");
    assert!(several.contains("`postgres://") && !several.contains("secret"), "{several}");
}

#[test]
fn a_database_without_studies_says_so() {
    let Some(database) = Database::make("none") else { return };
    let folder = folder();
    let none = failure(folder.path(), &["study", "show", &database.address("&password=secret")]);
    assert!(none.contains("has no studies") && !none.contains("secret"), "{none}");
    let unknown = database.address("_of_nobody&password=secret");
    let not_set_up = failure(folder.path(), &["study", "list", &unknown]);
    assert!(not_set_up.contains("there are no tables for them in its schema"), "{not_set_up}");
    assert!(!not_set_up.contains("secret"), "{not_set_up}");
}
