//! The table of all cells of NAS-Bench-101, which is no part of the project.

use std::env;
use std::path::PathBuf;
use std::sync::LazyLock;

use transfer_nas::nasbench::Table;

/// The table, read once for all tests; none, with a line that says so, where it is absent.
pub(crate) static TABLE: LazyLock<Option<Table>> = LazyLock::new(|| {
    let path = table_path();
    if path.exists() {
        return Some(Table::open(path).expect("the table is sound"));
    }
    eprintln!("skipped: no table at {}; TRANSFER_NAS_TABLE names another place", path.display());
    None
});

pub(crate) fn table_path() -> PathBuf {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/nasbench101/test108.tsv.gz");
    env::var_os("TRANSFER_NAS_TABLE").map_or_else(|| shared.into(), PathBuf::from)
}
