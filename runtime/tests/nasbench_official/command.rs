//! The command as a user runs it: what it writes, and how it ends.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use transfer_nas::nasbench::Table;

use crate::file::{CONV, EDGE, POOL, Run, SEVEN, file, runs};

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nasbench-table")).args(arguments).current_dir(directory).output().unwrap()
}

/// A directory that holds a small official file.
fn directory() -> tempfile::TempDir {
    let runs: Vec<Run> = [CONV, SEVEN, EDGE, POOL].into_iter().flat_map(runs).collect();
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("official.tfrecord"), file(&runs)).unwrap();
    directory
}

fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// The command fails with one line on standard error, which is given.
fn failure(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]), "{text}");
    assert_eq!((text.lines().count(), text.ends_with('\n')), (1, true), "{text}");
    text
}

#[test]
fn a_table_is_written() {
    let directory = directory();
    for name in ["out.tsv.gz", "out.tsv"] {
        fs::write(directory.path().join(name), "what was there before").unwrap();
        let output = run(directory.path(), &["official.tfrecord", name]);
        assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
        let said = format!("{name}: 4 cells; the benchmark has 423624\n");
        assert_eq!(String::from_utf8(output.stdout).unwrap(), said);
        let table = Table::open(directory.path().join(name)).unwrap();
        assert_eq!(crate::written(&table), crate::TABLE);
    }
    assert_eq!(names(directory.path()), ["official.tfrecord", "out.tsv", "out.tsv.gz"]);
}

#[test]
fn its_help_names_both_files() {
    let output = run(Path::new("."), &["--help"]);
    assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Usage: nasbench-table <OFFICIAL> <TABLE>\n"), "{text}");
}

#[test]
fn after_an_error_everything_is_as_it_was() {
    let directory = directory();
    let path = |name: &str| directory.path().join(name);
    let whole = fs::read(path("official.tfrecord")).unwrap();
    fs::write(path("cut.tfrecord"), &whole[..whole.len() - 1]).unwrap();
    fs::write(path("old.tsv"), "what was there before").unwrap();
    let before = names(directory.path());
    for target in ["old.tsv", "new.tsv.gz"] {
        let text = failure(&run(directory.path(), &["cut.tfrecord", target]));
        assert!(text.starts_with("nasbench-table: cut.tfrecord: record 12, at byte "), "{text}");
        assert!(text.ends_with(": the file is cut off\n"), "{text}");
    }
    assert_eq!(names(directory.path()), before);
    assert_eq!(fs::read_to_string(path("old.tsv")).unwrap(), "what was there before");
}

#[test]
fn files_that_cannot_be_read_or_written_are_named() {
    let directory = directory();
    let missing = failure(&run(directory.path(), &["missing.tfrecord", "out.tsv"]));
    assert!(missing.starts_with("nasbench-table: missing.tfrecord: cannot be opened: "), "{missing}");
    let nowhere = failure(&run(directory.path(), &["official.tfrecord", "no/such/out.tsv"]));
    assert!(nowhere.starts_with("nasbench-table: no/such/out.tsv: cannot be written: "), "{nowhere}");
    let itself = failure(&run(directory.path(), &["official.tfrecord", "./official.tfrecord"]));
    assert!(itself.starts_with("nasbench-table: ./official.tfrecord: "), "{itself}");
    assert_eq!(names(directory.path()), ["official.tfrecord"]);
}

#[test]
fn wrong_usage_says_what_is_right() {
    let directory = directory();
    for arguments in [&[][..], &["official.tfrecord"], &["--nonsense"]] {
        let output = run(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains("Usage: nasbench-table <OFFICIAL> <TABLE>"));
    }
    let help = run(directory.path(), &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert_eq!(Path::new(&names(directory.path())[0]).extension(), Some(OsStr::new("tfrecord")));
}
