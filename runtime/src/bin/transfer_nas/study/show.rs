//! One study on a page of a terminal.

use transfer_nas::study::{PairBest, Phase, StoredStudy};

use crate::table::Table;
use crate::text;

/// How many failures are shown.
const FAILURES: usize = 5;

pub(super) fn show(study: &StoredStudy) -> String {
    let mut facts = Table::new();
    facts.row(["Study", &study.study.name]);
    for (name, value) in study.facts() {
        facts.row([name, value]);
    }
    facts.row(["Fingerprint", &study.space.fingerprint]);
    [facts.text(), warnings(study), best(study), pairs(study), failures(study)].join("")
}

fn warnings(study: &StoredStudy) -> String {
    let warnings: Vec<String> = study.warnings().iter().map(|warning| format!("\nWarning: {warning}\n")).collect();
    warnings.join("")
}

fn best(study: &StoredStudy) -> String {
    let Some(best) = study.best() else { return "\nNo trial has a reward\n".to_owned() };
    let mut decisions = Table::new().indent(2);
    for (state, label) in &best.decisions {
        decisions.row([state, label]);
    }
    let reward = text::reward(best.reward.unwrap_or_default());
    let origin = best.origin.as_ref().map(|origin| format!(" ({})", text::line(origin))).unwrap_or_default();
    format!("\nBest: {reward}, trial {}{origin}\n{}", best.number, decisions.text())
}

/// The best of each space and task, where there are several.
fn pairs(study: &StoredStudy) -> String {
    let pairs = study.best_by_pair();
    if pairs.len() < 2 {
        return String::new();
    }
    let mut table = Table::new().indent(2).right(&[2]);
    table.row(["SPACE", "TASK", "DONE", "BEST"]);
    for PairBest { space, task, done, best, .. } in pairs {
        let best = best.map(|(trial, reward)| format!("{} (trial {trial})", text::reward(reward)));
        let best = best.unwrap_or_else(|| "none".to_owned());
        table.row([space.unwrap_or_default(), task, done.to_string(), best]);
    }
    format!("\nBest by space and task\n{}", table.text())
}

/// The last ones, the latest first.
fn failures(study: &StoredStudy) -> String {
    let failed = || study.trials.iter().filter(|trial| trial.phase == Phase::Failed);
    let count = failed().count();
    if count == 0 {
        return String::new();
    }
    let mut last: Vec<_> = failed().collect();
    last.sort_by_key(|trial| std::cmp::Reverse((trial.ended, trial.number)));
    let mut errors = Table::new().indent(2);
    for trial in last.iter().take(FAILURES) {
        let error = trial.error.as_deref().unwrap_or_default();
        errors.row([format!("trial {}", trial.number), error.lines().next().unwrap_or_default().to_owned()]);
    }
    let of = if count > FAILURES { format!(", the last {FAILURES} of {count}") } else { String::new() };
    format!("\nFailures{of}\n{}", errors.text())
}
