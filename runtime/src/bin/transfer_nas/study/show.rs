//! One study on a page of a terminal.

use transfer_nas::study::{PairBest, Phase, StudyView, TrialRecord};

use crate::table::Table;
use crate::text;

/// How many failures are shown.
const FAILURES: usize = 5;

pub(super) fn show(study: &StudyView) -> String {
    let mut facts = Table::new();
    facts.row(["Study", &study.study.name]);
    for (name, value) in study.facts() {
        facts.row([name, value]);
    }
    facts.row(["Fingerprint", &study.space.fingerprint]);
    [facts.text(), warnings(study), front(study), best(study), pairs(study), failures(study)].join("")
}

fn warnings(study: &StudyView) -> String {
    let warnings: Vec<String> = study.warnings().iter().map(|warning| format!("\nWarning: {warning}\n")).collect();
    warnings.join("")
}

fn best(study: &StudyView) -> String {
    let Some(best) = study.best() else { return "\nNo trial has a reward\n".to_owned() };
    let mut decisions = Table::new().indent(2);
    for (state, label) in &best.decisions {
        decisions.row([state, label]);
    }
    let reward = text::reward(best.reward.unwrap_or_default());
    let origin = best.origin.as_ref().map(|origin| format!(" ({})", text::line(origin))).unwrap_or_default();
    let by =
        study.study.objectives.first().map(|first| format!(" by {}", text::line(first.name()))).unwrap_or_default();
    format!("\nBest{by}: {reward}, trial {}{origin}\n{}", best.number, decisions.text())
}

/// How many trials of the front are shown.
const FRONT: usize = 20;
/// Numbers stand to the right.
const COLUMNS: &[usize] = &[0, 1, 2, 3, 4, 5, 6, 7, 8];

/// The trials on the front of several objectives, the best by the first of them first.
fn front(study: &StudyView) -> String {
    let objectives = &study.study.objectives;
    let mut front = study.front();
    if objectives.is_empty() || front.is_empty() {
        return String::new();
    }
    let sign = study.study.direction.sign();
    let first = |trial: &TrialRecord| sign * trial.measured.values.first().copied().unwrap_or_default();
    front.sort_by(|a, b| first(b).total_cmp(&first(a)));
    let mut table = Table::new().indent(2).right(&COLUMNS[..=objectives.len().min(8)]);
    table.row(std::iter::once("TRIAL".to_owned()).chain(objectives.iter().map(|it| it.name().to_uppercase())));
    for trial in front.iter().take(FRONT) {
        let values = trial.measured.values.iter().map(|value| text::reward(*value));
        table.row(std::iter::once(trial.number.to_string()).chain(values));
    }
    let of = if front.len() > FRONT { format!(", {FRONT} of {} trials", front.len()) } else { String::new() };
    format!("\nThe front{of}\n{}", table.text())
}

/// The best of each space and task, where there are several.
fn pairs(study: &StudyView) -> String {
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
fn failures(study: &StudyView) -> String {
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
