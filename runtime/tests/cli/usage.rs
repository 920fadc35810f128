//! What is said of how to use it.

use std::path::Path;

use crate::{run, said};

fn usage(arguments: &[&str], said: &str) {
    let output = run(Path::new("."), arguments);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(2), &b""[..]), "{text}");
    assert!(text.contains(said), "{text}");
}

#[test]
fn wrong_usage_says_what_is_right() {
    usage(&[], "Usage: transfer-nas <COMMAND>");
    usage(&["study", "list"], "Usage: transfer-nas study list <FILE>");
    usage(&["study", "export", "one.db"], "--format <FORMAT>");
    usage(&["study", "export", "one.db", "--format", "xml"], "[possible values: csv, json, optuna]");
    usage(&["study", "report", "one.db"], "--output <OUTPUT>");
    usage(
        &["study", "learn-from", "one.db", "cnn"],
        "Usage: transfer-nas study learn-from <STORE> <STUDY> <SOURCE>...",
    );
    usage(&["study", "learn-from", "one.db", "cnn", "--study", "two.db"], "2 values required");
    usage(&["checkpoint", "diff", "one"], "<NEW>");
}

#[test]
fn each_command_has_a_sentence_and_an_example() {
    let commands = [
        &["study", "list"][..],
        &["study", "show"],
        &["study", "export"],
        &["study", "report"],
        &["study", "learn-from"],
        &["checkpoint", "show"],
        &["checkpoint", "diff"],
        &["completions"],
        #[cfg(feature = "serve")]
        &["serve"],
    ];
    for command in commands {
        let arguments: Vec<&str> = command.iter().chain(&["--help"]).copied().collect();
        let help = said(Path::new("."), &arguments);
        let example = format!("  transfer-nas {}", command.join(" "));
        assert!(help.contains("\nExample") && help.contains(&example), "{help}");
        assert!(help.lines().next().is_some_and(|line| line.len() > 30), "{help}");
    }
    let help = said(Path::new("."), &["--help"]);
    assert!(help.contains("Exits with 0 where it did what was asked"), "{help}");
}

#[test]
fn shells_complete_it() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(said(Path::new("."), &["completions", shell]).contains("transfer-nas"), "{shell}");
    }
}
