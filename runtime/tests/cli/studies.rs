//! `transfer-nas study`.

use std::process::Stdio;

use transfer_nas::prelude::*;
use transfer_nas::study::Study;

use crate::files::{read, studies};
use crate::{command, failure, names, said};

#[test]
fn studies_are_listed() {
    let folder = studies();
    let expected = "\
NAME       SPACE        DIRECTION  DONE  FAILED  PRUNED  OPEN  BEST
baseline   my_app::Net  maximize      2       1       1     2  0.875 (trial 1)
wide nets  my_app::Net  maximize      0       0       0     0  none
";
    assert_eq!(said(folder.path(), &["study", "list", "runs.db"]), expected);
    let expected = r#"[
  {
    "name": "baseline",
    "space": "my_app::Net",
    "direction": "maximize",
    "done": 2,
    "failed": 1,
    "pruned": 1,
    "open": 2,
    "best": {
      "trial": 1,
      "reward": 0.875
    }
  }
]
"#;
    assert_eq!(said(folder.path(), &["study", "list", "one.db", "--json"]), expected);
    assert_eq!(said(folder.path(), &["study", "list", "none.db", "--json"]), "[]\n");
    assert_eq!(failure(folder.path(), &["study", "list", "none.db"]), "error: `none.db` has no studies\n");
}

#[test]
fn a_study_is_shown() {
    let expected = "\
Study               baseline
Space               my_app::Net
Size                4 states with 9 actions
Direction           maximize
Trials              2 done, 1 failed, 1 pruned, 2 open
From first to last  3.8 s
Processes           1
Fingerprint         FINGERPRINT

Best: 0.875, trial 1
  Net.width      64
  Net.gates.len  2
  Net.gates[0]   true
  Net.gates[1]   false

Failures
  trial 2  out of memory
";
    let fingerprint = <crate::files::Net as transfer_nas::SearchSpace>::space().fingerprint().to_string();
    let expected = expected.replace("FINGERPRINT", &fingerprint);
    let folder = studies();
    assert_eq!(said(folder.path(), &["study", "show", "one.db"]), expected);
    assert_eq!(said(folder.path(), &["study", "show", "runs.db", "baseline"]), expected);
    let empty = said(folder.path(), &["study", "show", "runs.db", "wide nets"]);
    assert!(empty.ends_with("\nNo trial has a reward\n"), "{empty}");
}

/// `docs/cli.md` has the whole of it.
#[test]
fn a_study_of_losses_has_the_lowest_as_its_best() {
    let folder = studies();
    let listed = said(folder.path(), &["study", "list", "joint.db"]);
    assert!(listed.contains("minimize      4      60       0     0  1e-6 (trial 2)\n"), "{listed}");
    let json: serde_json::Value =
        serde_json::from_str(&said(folder.path(), &["study", "list", "joint.db", "--json"])).unwrap();
    assert_eq!((&json[0]["direction"], &json[0]["best"]["trial"]), (&"minimize".into(), &2.into()));
    let shown = said(folder.path(), &["study", "show", "joint.db"]);
    for text in
        ["\nBest: 1e-6, trial 2\n", "\n  Cell   svhn      1  1e300 (trial 3)\n", "\nWarning: Of the last 50 trials"]
    {
        assert!(shown.contains(text), "{shown}");
    }
    let journal = said(folder.path(), &["study", "export", "joint.db", "--format", "optuna"]);
    assert!(journal.lines().next().unwrap().ends_with(r#""directions":[1]}"#), "{journal}");
    said(folder.path(), &["study", "report", "joint.db", "--output", "report.html"]);
    let report = read(folder.path(), "report.html");
    for text in ["Best by space and task", "lower is better", "50 failed: read their errors"] {
        assert!(report.contains(text), "the report lacks `{text}`");
    }
    let one = said(folder.path(), &["study", "show", "one.db"]);
    assert!(!one.contains("Best by space and task") && !one.contains("Warning"), "{one}");
}

#[test]
fn a_study_is_exported() {
    let folder = studies();
    let export = |format: &str| said(folder.path(), &["study", "export", "one.db", "--format", format]);
    let expected = "\
number,phase,reward,error,retries,worker,started,seconds,task,origin,notes,Net.width,Net.gates.len,Net.gates[0],Net.gates[1]
0,done,0.25,,0,w1,2026-01-31T09:30:00.000Z,0.75,default,,,16,1,true,
1,done,0.875,,0,w1,2026-01-31T09:30:01.000Z,0.75,default,,,64,2,true,false
2,failed,,\"out of memory
at \u{1b}[31mlayer 3\",0,w1,2026-01-31T09:30:02.000Z,0.75,default,,,64,2,true,false
3,pruned,0.125,,0,w1,2026-01-31T09:30:03.000Z,0.75,default,,,16,1,true,
4,running,,,0,w1,2026-01-31T09:30:04.000Z,,default,,,16,1,true,
5,queued,,,0,,,,default,,,16,1,true,
";
    assert_eq!(export("csv"), expected);
    let json: serde_json::Value = serde_json::from_str(&export("json")).unwrap();
    assert_eq!(json["trials"][1]["values"], serde_json::json!([{ "step": 3, "value": 0.5 }]));
    let journal = export("optuna");
    let first = r#"{"op_code":0,"worker_id":"transfer-nas","study_name":"baseline","directions":[2]}"#;
    assert_eq!((journal.lines().next(), journal.lines().count()), (Some(first), 9));
}

#[test]
fn exports_and_reports_go_to_files() {
    let folder = studies();
    std::fs::write(folder.path().join("out.csv"), "what was there before").unwrap();
    let written = said(folder.path(), &["study", "export", "one.db", "--format", "csv", "--output", "out.csv"]);
    assert_eq!(written, "out.csv: 6 trials\n");
    let exported = said(folder.path(), &["study", "export", "one.db", "--format", "csv"]);
    assert_eq!(read(folder.path(), "out.csv"), exported);
    let written = said(folder.path(), &["study", "report", "runs.db", "baseline", "--output", "report.html"]);
    assert_eq!(written, "report.html: 6 trials\n");
    let report = read(folder.path(), "report.html");
    assert!(report.starts_with("<!DOCTYPE html>") && report.contains("Net.gates.len"), "{report}");
}

#[test]
fn files_and_studies_that_are_not_there_are_named() {
    let folder = studies();
    let before = names(folder.path());
    for command in [&["list", "missing.db"][..], &["show", "missing.db"], &["report", "missing.db", "--output", "x"]] {
        let arguments: Vec<&str> = ["study"].iter().chain(command).copied().collect();
        assert_eq!(failure(folder.path(), &arguments), "error: there is no file `missing.db`\n");
    }
    assert_eq!(names(folder.path()), before);
    assert_eq!(
        failure(folder.path(), &["study", "show", "runs.db"]),
        "error: `runs.db` has several studies, say which: `baseline`, `wide nets`\n"
    );
    assert_eq!(
        failure(folder.path(), &["study", "show", "runs.db", "wide"]),
        "error: there is no study `wide` in the store; it has `baseline`, `wide nets`\n"
    );
    assert_eq!(failure(folder.path(), &["study", "show", "none.db"]), "error: `none.db` has no studies\n");
    std::fs::write(folder.path().join("notes.txt"), "Buy milk. ".repeat(200)).unwrap();
    let foreign = failure(folder.path(), &["study", "list", "notes.txt"]);
    assert!(foreign.starts_with("error: `notes.txt` holds no studies: it is not an SQLite file"), "{foreign}");
}

#[test]
fn a_study_is_never_written_over() {
    let folder = studies();
    let arguments = ["study", "export", "one.db", "--format", "csv", "--output", "./one.db"];
    assert_eq!(failure(folder.path(), &arguments), "error: `./one.db` is the file to read, it would be replaced\n");
    let nowhere = failure(folder.path(), &["study", "report", "one.db", "--output", "no/such/report.html"]);
    assert!(nowhere.starts_with("error: `no/such/report.html` could not be written: "), "{nowhere}");
    assert!(said(folder.path(), &["study", "list", "one.db"]).contains("baseline"));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let folder = studies();
    for arguments in
        [&["study", "list", "one.db"][..], &["completions", "bash"], &["study", "export", "one.db", "--format", "json"]]
    {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(folder.path(), arguments).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!((output.status.code(), &output.stderr[..]), (Some(0), &b""[..]), "{arguments:?}");
    }
}

#[objectives]
struct Score {
    #[objective(maximize)]
    accuracy: f64,
    #[objective(minimize, unit = "ms")]
    latency: f64,
}

/// A study of two objectives, of whose trials those of width 64 exceed a limit.
#[test]
fn the_front_of_several_objectives_is_shown_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("several.db");
    let study = Study::open(path).unwrap().name("nets").quiet().ctrl_c(false).objectives::<Score>().seed(3).trials(9);
    let mut study = study.build::<crate::files::Net>().unwrap();
    for width in [16, 32, 64] {
        study.enqueue(crate::files::Net { width, gates: vec![true] }).unwrap();
    }
    while let Some(trial) = study.ask().unwrap() {
        let (width, gates) = (f64::from(trial.width), trial.gates.iter().filter(|gate| **gate).count() as f64);
        trial.constraint("latency", 0.5 * width, ..=20.0).unwrap();
        study.tell(trial, Score { accuracy: 0.5 + width / 256.0 - gates / 64.0, latency: 0.5 * width }).unwrap();
    }
    drop(study);
    let text = said(folder.path(), &["study", "show", "several.db"]);
    for line in [
        "Objectives          accuracy (maximize), latency (ms, minimize)\n",
        "The front\n",
        "TRIAL  ACCURACY  LATENCY\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert!(text.contains("of these beyond a limit") && text.contains("\nBest by accuracy: 0."), "{text}");
    let csv = said(folder.path(), &["study", "export", "several.db", "--format", "csv"]);
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .contains("notes,objective:accuracy,objective:latency,constraint:latency,violation,")
    );
    assert_eq!(csv.lines().count(), 10);
    let failed = failure(folder.path(), &["study", "show", "none.db"]);
    assert!(failed.contains("none.db"), "{failed}");
}
