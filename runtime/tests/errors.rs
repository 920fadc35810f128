//! What a user reads of an error: a sentence with its reason and an advice, whether it is shown or given back by `main`.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use transfer_nas::agent::{BuildError, ConfigError, ObserveError};
use transfer_nas::checkpoint::{LoadError, SaveError, TensorFault};
use transfer_nas::space::{DecodeError, EncodeError, SampleError, WalkError};
use transfer_nas::study::{StoreError, StudyError};

const HOSTILE: &str = "\u{1b}[2Ja\u{202e}b\u{9b}\r";
const SHOWN: &str = r"\u{1b}[2Ja\u{202e}b\u{9b}\r";

fn text() -> String {
    HOSTILE.to_owned()
}

fn path() -> PathBuf {
    text().into()
}

fn system() -> io::Error {
    io::Error::other(HOSTILE)
}

fn encode() -> EncodeError {
    EncodeError::new("Net.width", &format_args!("{HOSTILE}"), HOSTILE)
}

fn walk() -> WalkError {
    WalkError::Unavailable { step: 1, state: text(), action: text() }
}

fn load() -> LoadError {
    LoadError::Tensor { name: text(), fault: TensorFault::Dtype { found: text() } }
}

/// All that have a text of others in them.
fn errors() -> Vec<Box<dyn Error>> {
    let mut errors: Vec<Box<dyn Error>> = vec![
        Box::new(encode()),
        Box::new(walk()),
        Box::new(SampleError::NotJudged { space: "Net", task: text() }),
        Box::new(SampleError::Foreign { reason: text() }),
        Box::new(SampleError::Encode(encode())),
        Box::new(ConfigError::Encode(encode())),
        Box::new(ConfigError::Walk(walk())),
        Box::new(ObserveError::Foreign(walk())),
        Box::new(ObserveError::Undecodable { reason: text() }),
        Box::new(ObserveError::Task { task: text() }),
        Box::new(SaveError::Io { path: path(), source: system() }),
        Box::new(SaveError::NotAFile { path: path(), found: "a folder" }),
        Box::new(SaveError::Encode { reason: text() }),
        Box::new(LoadError::Io { path: path(), source: system() }),
        Box::new(LoadError::NotSafetensors { reason: text() }),
        Box::new(LoadError::Metadata { reason: text() }),
        Box::new(LoadError::OtherNames { universe: "Net", differences: text() }),
        Box::new(LoadError::OtherStrategy { found: text(), expected: "an agent" }),
        Box::new(load()),
    ];
    errors.extend(of_studies().into_iter().map(|error| Box::new(error) as Box<dyn Error>));
    errors
}

fn of_studies() -> Vec<StudyError> {
    let (study, reason) = (text(), text());
    vec![
        StudyError::Store(StoreError::Database { path: path(), reason, source: system().into() }),
        StudyError::Store(StoreError::NameTaken { name: text() }),
        StudyError::OtherSpace { study: study.clone(), differences: vec![text(), text()] },
        StudyError::Adapted { study: study.clone() },
        StudyError::NoStudy { study: study.clone(), known: vec![text()] },
        StudyError::Sample(SampleError::Foreign { reason: text() }),
        StudyError::OtherDirection { study: study.clone(), direction: "minimize" },
        StudyError::Reset { source: load() },
        StudyError::Restore { study: study.clone(), source: load() },
        StudyError::Snapshot(SaveError::Encode { reason: text() }),
        StudyError::TooManyFailures { failed: 2, allowed: 1, last: text() },
        StudyError::Thread(system()),
        StudyError::Export { study, reason: text() },
        StudyError::Io { path: path(), source: system() },
        StudyError::NotAFile { path: path(), found: "a folder" },
    ]
}

#[test]
fn texts_of_others_are_escaped() {
    let disturbs = |letter: char| letter.is_control() || letter == '\u{202e}';
    for error in errors() {
        for said in [error.to_string(), format!("{error:?}")] {
            assert!(said.contains(SHOWN) && !said.contains(disturbs), "{said:?}");
        }
    }
}

/// What `fn main() -> Result<(), Box<dyn Error>>` prints of an error.
fn printed(error: impl Into<Box<dyn Error>>) -> String {
    format!("{:?}", error.into())
}

#[test]
fn main_prints_sentences() {
    let differences = vec!["`Net.width` = `128` is new".to_owned(), "`Net.gated` is gone".to_owned()];
    assert_eq!(
        printed(StudyError::OtherSpace { study: "cnn".to_owned(), differences }),
        "the study `cnn` searches another space: `Net.width` = `128` is new, `Net.gated` is gone; open it with the type as it was, \
         give new names their old ones with `alias`, take another study name, or go on by names with `adapt()`"
    );
    assert_eq!(
        printed(StoreError::Full { path: "runs.db".into() }),
        "the disk of `runs.db` is full; make room and go on: all that was told before is saved"
    );
    assert_eq!(
        printed(BuildError::Setting { setting: "entropy", value: -1.0, range: "from 0 to 1e6" }),
        "the setting `entropy` is -1, but must be from 0 to 1e6"
    );
    assert_eq!(printed(DecodeError::TooLong { left: 2 }), "the trace has 2 decisions more than the type needs");
    for error in errors() {
        let (shown, printed) = (error.to_string(), format!("{error:?}"));
        assert!(printed.starts_with(&shown), "{printed}");
    }
}

#[test]
fn a_source_is_said_once() {
    let (path, full) = (PathBuf::from("a"), || io::Error::other("no room"));
    assert_eq!(
        printed(SaveError::Io { path: path.clone(), source: full() }),
        "the checkpoint `a` could not be written: no room"
    );
    let (reason, source) = ("it failed".to_owned(), full().into());
    assert_eq!(printed(StoreError::Database { path, reason, source }), "`a`: it failed: no room");
    #[cfg(feature = "plots")]
    assert_eq!(
        printed(transfer_nas::report::ReportError::Io { path: "a".into(), source: full() }),
        "cannot write `a`: no room"
    );
}

#[cfg(feature = "nasbench")]
#[test]
fn what_tables_say_is_a_sentence_too() {
    use transfer_nas::nasbench::{Cell, CellError, LineFault, ParseHashError, Table, TableError};

    let open = Table::open(HOSTILE).unwrap_err();
    assert!(matches!(open, TableError::Io { .. }));
    assert_eq!(format!("{open:?}"), format!("{SHOWN}: cannot be read: No such file or directory (os error 2)"));
    let line = TableError::Line { file: text(), line: 2, fault: LineFault::Unterminated };
    assert_eq!(printed(line), format!("{SHOWN}, line 2: expected a line end, found the end of the file"));
    assert_eq!(
        printed(ParseHashError { found: text() }),
        format!("a module hash is 32 hexadecimal digits, found `{SHOWN}`")
    );
    let error: CellError = Cell::new(&[true; 2], &[]).unwrap_err();
    assert_eq!(printed(error), "a cell of 2 vertices has 1 places for an edge (its strict upper triangle), found 2");
}

/// Not an error, but read in the same place.
#[test]
fn a_report_on_a_transfer_is_escaped() {
    use transfer_nas::agent::{Entry, Fate, TransferReport};

    let entry: Entry = serde_json::from_value(serde_json::json!({ "name": HOSTILE, "fate": "new" })).unwrap();
    assert_eq!((entry.to_string(), entry.fate), (format!("`{SHOWN}`: new"), Fate::New));
    let report: TransferReport = serde_json::from_value(serde_json::json!({
        "source": HOSTILE,
        "states": [{ "name": HOSTILE, "fate": { "renamed": { "from": HOSTILE } }, "actions": [] }],
        "tasks": [{ "name": HOSTILE, "fate": "dropped" }],
        "positions": { "reused": 0, "of": 0 },
        "elites": { "reused": 0, "of": 0 },
    }))
    .unwrap();
    let (said, disturbs) = (report.to_string(), |letter: char| letter.is_control() && letter != '\n');
    assert!(!said.contains(disturbs) && said.matches(SHOWN).count() == 4, "{said}");
}
