//! Every code of a compiler error has a section in `docs/diagnostics.md` and a case in `macros/tests/ui`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_code_has_a_section() {
    let mut codes: BTreeSet<String> = numbered(&read("macros/src/errors.rs"));
    for file in files("macros/src", "rs").into_iter().chain(files("runtime/src", "rs")) {
        codes.extend(bracketed(&fs::read_to_string(file).unwrap()));
    }
    assert_eq!(codes, sections());
}

#[test]
fn every_section_has_a_case() {
    let texts = files("macros/tests/ui", "stderr").into_iter().map(|file| fs::read_to_string(file).unwrap());
    let codes: BTreeSet<String> = texts.flat_map(|text| bracketed(&text)).collect();
    assert_eq!(codes, sections());
}

/// The codes of headings such as `## TN01: ..`.
fn sections() -> BTreeSet<String> {
    let page = read("docs/diagnostics.md");
    page.lines().filter_map(|line| line.strip_prefix("## TN")?.split_once(':')).map(|(code, _)| code.into()).collect()
}

/// The codes of variants such as `BareNumber = 1,`.
fn numbered(source: &str) -> BTreeSet<String> {
    let numbers = source.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = ")?.1.parse().ok());
    numbers.map(|number: u8| format!("{number:02}")).collect()
}

/// The codes in brackets, as messages begin with them.
fn bracketed(text: &str) -> BTreeSet<String> {
    let starts = text.split("[TN").skip(1).filter_map(|rest| rest.split_once(']'));
    starts.map(|(code, _)| code.to_owned()).filter(|code| code.parse::<u8>().is_ok()).collect()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The files with this ending in a folder and those inside it.
fn files(folder: impl AsRef<Path>, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let found = entries.flat_map(|path| if path.is_dir() { files(path, ending) } else { vec![path] });
    found.filter(|path| path.extension().is_some_and(|found| found == ending)).collect()
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
