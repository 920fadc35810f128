//! Names and texts of files that others wrote do nothing to a terminal.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;
use transfer_nas::prelude::*;
use transfer_nas::study::{
    Access, Counts, Direction, Durability, Ledger, Phase, SpaceRecord, SqliteStore, StateRecord, Store, StudyError,
    StudyRecord,
};

use crate::files::trial;
use crate::run;

/// Clears the screen, rings the bell, turns the text around, goes back to the beginning of the line, ends it.
const HOSTILE: &str = "a\u{1b}[2J\u{7}b\u{202e}c\u{2066}\u{9b}31m\u{7f}\u{85}\rd\u{0}\u{8}\ne";

mod old {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone)]
    pub(crate) struct Net {
        #[space(choices = ["\u{1b}[2J\u{7}", "b\u{202e}c\u{9b}", "gone\r\u{1b}"])]
        pub(crate) text: &'static str,
    }
}

#[search_space]
#[derive(Debug, Clone)]
struct Net {
    #[space(choices = ["\u{1b}[2J\u{7}", "b\u{202e}c\u{9b}", "new\u{85}\u{7f}"])]
    text: &'static str,
}

fn add(ledger: &mut dyn Ledger, name: &str) -> Result<(), StudyError> {
    let text = || HOSTILE.to_owned();
    let mut space = SpaceRecord { type_name: text(), fingerprint: text(), ..SpaceRecord::of::<Net>() };
    let kind = space.states[0].kind;
    space.states.push(StateRecord { state: text(), kind, actions: vec![text()] });
    let space = ledger.add_space(&space)?;
    let study = ledger.add_study(name, space, Direction::Maximize)?;
    ledger.put_study(&StudyRecord { trials: 3, ..study.clone() }, Counts::default())?;
    let decisions = [(transfer_nas::space::START, HOSTILE), (HOSTILE, HOSTILE), ("Net.text", HOSTILE)];
    for number in 0..3 {
        let (phase, reward) = if number < 2 { (Phase::Done, Some(0.5)) } else { (Phase::Failed, None) };
        let mut trial = trial(number, phase, reward, &decisions);
        (trial.space, trial.origin, trial.worker) = (space, Some(text()), Some(text()));
        trial.error = (phase == Phase::Failed).then(text);
        trial.task = format!("{number}{HOSTILE}");
        ledger.put_trial(study.id, &trial)?;
    }
    Ok(())
}

/// `one.db` has a hostile study, `two.db` has two; `old.safetensors` and `new.safetensors` have hostile labels.
fn files() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for (file, names) in [("one.db", &[HOSTILE][..]), ("two.db", &[HOSTILE, "\u{1b}]0;title\u{7}"])] {
        let store = SqliteStore::open(at(file)).unwrap();
        let mut enter = |ledger: &mut dyn Ledger| names.iter().try_for_each(|name| add(ledger, name));
        store.transact(Access::Exclusive(Durability::Now), &mut enter).unwrap();
    }
    let mut agent = Agent::<old::Net>::builder().build().unwrap();
    let trial = agent.trial(old::Net { text: "gone\r\u{1b}" }).unwrap();
    agent.observe(trial, 1.0).unwrap();
    agent.save(at("old.safetensors")).unwrap();
    Agent::<Net>::builder().build().unwrap().save(at("new.safetensors")).unwrap();
    std::fs::write(at("\u{1b}[2J.db"), "Buy milk. ".repeat(200)).unwrap();
    folder
}

fn disturbs(letter: char) -> bool {
    letter.is_control() && letter != '\n'
        || ('\u{202a}'..='\u{202e}').contains(&letter)
        || ('\u{2066}'..='\u{2069}').contains(&letter)
}

/// What a command says does nothing to a terminal, and ends with this code.
fn said(folder: &Path, arguments: &[&str], code: i32) -> String {
    let Output { status, stdout, stderr } = run(folder, arguments);
    let said = [stdout, stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    assert_eq!(status.code(), Some(code), "{arguments:?}: {said:?}");
    assert!(!said.contains(disturbs), "{arguments:?}: {said:?}");
    said
}

#[test]
fn what_is_in_files_does_nothing_to_a_terminal() {
    let folder = files();
    let said = |arguments: &[&str]| said(folder.path(), arguments, 0);
    let shown = r"a\u{1b}[2J\u{7}b\u{202e}c\u{2066}\u{9b}31m\u{7f}\u{85}\rd\u{0}\u{8}\ne";
    let list = said(&["study", "list", "two.db"]);
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains(&format!("{shown}  {shown}  maximize")) && list.contains(r"\u{1b}]0;title\u{7}"), "{list}");
    let json = said(&["study", "list", "two.db", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json[0]["name"], &json[0]["space"]), (&HOSTILE.into(), &HOSTILE.into()));
    let page = said(&["study", "show", "one.db"]);
    for part in [
        format!("Study               {shown}\n"),
        format!("({shown})\n  start  "),
        format!("  {shown}  {shown}\n"),
        r"trial 2  a\u{1b}[2J\u{7}b\u{202e}".to_owned(),
        format!("  0{shown}  "),
    ] {
        assert!(page.contains(&part), "{part} is not in {page}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&said(&["study", "export", "one.db", "--format", "json"])).unwrap();
    assert_eq!(json["trials"][2]["error"], HOSTILE);
    said(&["study", "export", "one.db", "--format", "optuna"]);
    let preview = ["study", "learn-from", "two.db", "\u{1b}]0;title\u{7}", "old.safetensors", "one.db", "two.db"];
    let report = said(&preview);
    assert!(report.contains(&format!("source `one.db, {shown}` (`{shown}`)")), "{report}");
    assert!(report.contains(r"`gone\r\u{1b}`: dropped"), "{report}");
    let json: serde_json::Value = serde_json::from_str(&said(&[&preview[..], &["--json"]].concat())).unwrap();
    assert_eq!(json["sources"][2]["name"], format!("two.db, {HOSTILE}"));
    let written = said(&["study", "report", "one.db", "--output", "\u{1b}[2J.html"]);
    assert_eq!(written, "\\u{1b}[2J.html: 3 trials\n");
    for checkpoint in ["old.safetensors", "new.safetensors"] {
        assert!(said(&["checkpoint", "show", checkpoint]).contains(r"\u{1b}[2J\u{7}, b\u{202e}c\u{9b}, "));
    }
    let diff = said(&["checkpoint", "diff", "old.safetensors", "new.safetensors"]);
    assert!(diff.contains(r"`new\u{85}\u{7f}`: new") && diff.contains(r"`gone\r\u{1b}`: gone"), "{diff}");
}

#[test]
fn what_is_wrong_does_nothing_to_a_terminal() {
    let folder = files();
    for (arguments, part) in [
        (&["study", "show", "two.db"][..], r"`\u{1b}]0;title\u{7}`"),
        (&["study", "show", "one.db", "\u{1b}[31m"], r"no study `\u{1b}[31m`"),
        (&["study", "list", "\u{1b}[2J.db"], r"`\u{1b}[2J.db` holds no studies"),
        (&["study", "list", "no\u{9b}.db"], r"no file `no\u{9b}.db`"),
        (&["study", "report", "one.db", "--output", "\u{7}/\u{202e}"], r"`\u{7}/\u{202e}` could not be written"),
        (&["study", "learn-from", "one.db", "\u{1b}[31m", "two.db"], r"no study `\u{1b}[31m`"),
        (
            &["study", "learn-from", "two.db", "\u{1b}]0;title\u{7}", "no\u{9b}.safetensors"],
            r"what `no\u{9b}.safetensors` has to teach could not be read",
        ),
        (
            &["study", "learn-from", "two.db", "\u{1b}]0;title\u{7}", "--study", "two.db", "\u{1b}]0;title\u{7}"],
            r"the study `\u{1b}]0;title\u{7}` has nothing to teach itself",
        ),
        (&["checkpoint", "show", "\u{1b}[2J.db"], r"`\u{1b}[2J.db`: this is not a whole safetensors file"),
        (&["checkpoint", "show", "no\r"], r"`no\r` could not be read"),
    ] {
        let said = said(folder.path(), arguments, 1);
        assert!(said.contains(part), "{said}");
    }
    let usage = said(folder.path(), &["study", "list", "one.db", "\u{1b}[2J\u{202e}"], 2);
    assert!(
        usage.contains(r"unexpected argument '") && usage.contains(r"\u{202e}' found") && usage.contains("\nUsage: "),
        "{usage}"
    );
}
