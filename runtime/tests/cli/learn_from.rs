//! `transfer-nas study learn-from`.

use std::path::Path;

use tempfile::TempDir;
use transfer_nas::agent::TransferReport;
use transfer_nas::prelude::*;
use transfer_nas::study::{
    Access, Counts, Direction, Durability, Ledger, Phase, SpaceRecord, SqliteStore, Store, Study, StudyError,
    StudyRecord, TrialRecord,
};

use crate::files::{trial, v1, v2};
use crate::{failure, names, said};

/// A trial of each config of the old type.
fn trials() -> Vec<TrialRecord> {
    let trial = |number: u64| {
        let units = ["16", "32", "48"][number as usize % 3];
        let (rate, gated) = (["0.1", "0.2"][number as usize / 3 % 2], ["0", "1"][number as usize / 6]);
        let decisions = [("Net.units", units), ("Net.rate", rate), ("Net.gated", gated)];
        trial(number, Phase::Done, Some(0.125 * number as f64), &decisions)
    };
    (0..12).map(trial).collect()
}

fn add(ledger: &mut dyn Ledger, name: &str, trials: &[TrialRecord]) -> Result<(), StudyError> {
    let space = ledger.add_space(&SpaceRecord::of::<v1::Net>())?;
    let study = ledger.add_study(name, space, Direction::Minimize)?;
    ledger.put_study(&StudyRecord { trials: trials.len() as u64, ..study.clone() }, Counts::default())?;
    trials.iter().try_for_each(|trial| Ok(ledger.put_trial(study.id, &TrialRecord { space, ..trial.clone() })?))
}

fn agent() -> Agent<v1::Net> {
    let mut agent = Agent::<v1::Net>::builder().seed(7).build().unwrap();
    for units in [16, 32] {
        let trial = agent.trial(v1::Net { units, rate: 0.2, gated: 1 }).unwrap();
        agent.observe(trial, 2.5).unwrap();
    }
    agent
}

/// `runs.db` has two studies of the new type, one of them with an agent; `last-year.db` has two of the old one, `none.db` none;
/// `agent.safetensors` is of the old one.
pub(crate) fn sources() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let open = |name: &str| Study::open(at("runs.db")).unwrap().name(name);
    drop(open("cnn").build::<v2::Net>().unwrap());
    let new = Agent::<v2::Net>::builder().seed(7).build().unwrap();
    drop(open("of an agent").agent(new).build::<v2::Net>().unwrap());
    let store = SqliteStore::open(at("last-year.db")).unwrap();
    let mut enter = |ledger: &mut dyn Ledger| {
        add(ledger, "cnn", &trials())?;
        add(ledger, "probe", &trials()[..2])
    };
    store.transact(Access::Exclusive(Durability::Now), &mut enter).unwrap();
    drop(SqliteStore::open(at("none.db")).unwrap());
    agent().save(at("agent.safetensors")).unwrap();
    folder
}

/// A report as JSON.
fn json(folder: &Path, arguments: &[&str]) -> TransferReport {
    let all: Vec<&str> = ["study", "learn-from", "--json"].iter().chain(arguments).copied().collect();
    serde_json::from_str(&said(folder, &all)).unwrap()
}

/// The place of each source, and what is tried first and is data of it.
fn counts(report: &TransferReport) -> Vec<(&str, usize, usize, bool)> {
    report.sources.iter().map(|it| (it.name.as_str(), it.elites, it.data, it.policy)).collect()
}

/// `docs/cli.md` has the text.
#[test]
fn what_would_come_along_is_what_comes_along() {
    let folder = sources();
    let at = |name: &str| folder.path().join(name);
    let previewed = json(folder.path(), &["runs.db", "cnn", "agent.safetensors", "last-year.db"]);
    assert_eq!(
        counts(&previewed),
        [("agent.safetensors", 1, 2, false), ("last-year.db, cnn", 1, 8, false), ("last-year.db, probe", 1, 2, false)]
    );
    let study = Study::in_memory().learn_from([at("agent.safetensors"), at("last-year.db")]).build::<v2::Net>();
    let named = |mut report: TransferReport| {
        for source in &mut report.sources {
            source.name = source.name.replace(&format!("{}/", folder.path().display()), "");
        }
        report
    };
    assert_eq!(named(study.unwrap().transfer().unwrap().unwrap()), previewed);

    let previewed = json(folder.path(), &["runs.db", "of an agent", "last-year.db", "agent.safetensors"]);
    let new = Agent::<v2::Net>::builder().seed(9).build().unwrap();
    let builder = Study::in_memory().agent(new).learn_from([at("last-year.db"), at("agent.safetensors")]);
    let report = named(builder.build::<v2::Net>().unwrap().transfer().unwrap().unwrap());
    assert_eq!(counts(&report), counts(&previewed));
    assert_eq!(counts(&previewed).last(), Some(&("agent.safetensors", 1, 0, true)));
    assert_eq!((report.elites, report.positions), (previewed.elites, previewed.positions));
}

#[test]
fn single_studies_are_named() {
    let folder = sources();
    let arguments = ["runs.db", "cnn", "--study", "last-year.db", "probe", "--study", "runs.db", "of an agent"];
    let report = json(folder.path(), &arguments);
    assert_eq!(counts(&report), [("last-year.db, probe", 2, 2, false), ("runs.db, of an agent", 0, 0, false)]);
    let after = json(folder.path(), &["runs.db", "cnn", "--study", "last-year.db", "probe", "--", "agent.safetensors"]);
    assert_eq!(
        after.sources.iter().map(|it| &*it.name).collect::<Vec<_>>(),
        ["agent.safetensors", "last-year.db, probe"]
    );
    let text = said(folder.path(), &[&["study", "learn-from"][..], &arguments].concat());
    assert_eq!(text, report.to_string());
}

/// A file leaves the study itself out, by whatever path.
#[test]
fn a_study_is_no_source_of_its_own() {
    let folder = sources();
    for path in ["runs.db", "./runs.db"] {
        let report = json(folder.path(), &["runs.db", "cnn", path]);
        assert_eq!(
            report.sources.iter().map(|it| it.name.clone()).collect::<Vec<_>>(),
            [format!("{path}, of an agent")]
        );
        let itself = failure(folder.path(), &["study", "learn-from", "runs.db", "cnn", "--study", path, "cnn"]);
        assert_eq!(itself, "error: the study `cnn` has nothing to teach itself; name other studies\n");
    }
    // Another file may have one of the same name.
    let other = json(folder.path(), &["runs.db", "cnn", "--study", "last-year.db", "cnn"]);
    assert_eq!(counts(&other), [("last-year.db, cnn", 3, 8, false)]);
    let nothing = failure(folder.path(), &["study", "learn-from", "runs.db", "cnn", "none.db"]);
    assert_eq!(nothing, "error: there is nothing to learn from: the sources have no studies, but for `cnn` itself\n");
}

#[test]
fn what_is_not_there_is_named_and_nothing_is_written() {
    let folder = sources();
    std::fs::write(folder.path().join("notes.safetensors"), "Buy milk. ".repeat(200)).unwrap();
    let before = names(folder.path());
    let failure = |arguments: &[&str]| failure(folder.path(), &[&["study", "learn-from"][..], arguments].concat());
    let no_study = "error: there is no study `vit` in the store; it has `cnn`, ";
    for (arguments, expected) in [
        (&["missing.db", "cnn", "last-year.db"][..], "error: there is no file `missing.db`\n"),
        (&["runs.db", "vit", "last-year.db"], no_study),
        (&["runs.db", "cnn", "missing.db"], "error: there is no file `missing.db`\n"),
        (&["runs.db", "cnn", "last-year.db", "--study", "missing.db", "cnn"], "error: there is no file `missing.db`\n"),
        (&["runs.db", "cnn", "--study", "last-year.db", "vit"], no_study),
        (&["runs.db", "cnn", "--study", "last-year.db", "--json"], "error: there is no study `--json` in the store"),
        (
            &["runs.db", "cnn", "missing.safetensors"],
            "error: what `missing.safetensors` has to teach could not be read: ",
        ),
        (&["runs.db", "cnn", "notes.safetensors"], "error: what `notes.safetensors` has to teach could not be read: "),
        (&["runs.db", "cnn", "none.db"], "error: there is nothing to learn from: "),
    ] {
        let said = failure(arguments);
        assert!(said.starts_with(expected), "{arguments:?}: {said}");
    }
    assert_eq!(names(folder.path()), before);
}

/// A task that nobody else has takes what all others had.
#[test]
fn trials_count_for_each_task() {
    let folder = crate::files::studies();
    let report = json(folder.path(), &["joint.db", "losses", "one.db"]);
    assert_eq!(counts(&report), [("one.db, baseline", 4, 8, false)]);
    assert_eq!(report.tasks.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["mnist", "svhn", "default"]);
}
