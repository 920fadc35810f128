//! The trials that matter most to a reader: the best, and the latest.

use super::chosen::ranked;
use super::markup::Markup;
use super::number::{alike, count, duration};
use super::story::{Outcome, Row, Story};
use super::strip::ending;

const BEST: usize = 100;
const LATEST: usize = 20;
const HEADINGS: [&str; 6] = ["Trial", "Outcome", "Time", "Worker", "Retries", "Decisions"];

pub(super) fn write(page: &mut Markup, story: &Story) {
    if story.trials.is_empty() {
        return page.element("p", &[], "There are no trials to list.");
    }
    let best: Vec<&Row> =
        ranked(&story.trials, story.direction).into_iter().take(BEST).map(|(trial, _)| trial).collect();
    let mut latest: Vec<&Row> = story.trials.iter().collect();
    latest.sort_by_key(|trial| std::cmp::Reverse(trial.number));
    latest.truncate(LATEST);
    let number = alike(best.iter().chain(&latest).filter_map(|trial| value(&trial.outcome)));
    page.within("div", &[("class", &"table")], |page| {
        page.within("table", &[], |page| {
            page.within("thead", &[], headings);
            group(page, &format!("The best {}", best.len()), &best, &number);
            group(page, &format!("The latest {}", latest.len()), &latest, &number);
        });
    });
}

/// The number in how a trial ended.
fn value(outcome: &Outcome) -> Option<f64> {
    match outcome {
        Outcome::Reward(value) | Outcome::Pruned(Some(value)) => Some(*value),
        _ => None,
    }
}

fn headings(page: &mut Markup) {
    page.within("tr", &[], |page| {
        for heading in HEADINGS {
            page.element("th", &[("scope", &"col")], heading);
        }
    });
}

fn group(page: &mut Markup, heading: &str, trials: &[&Row], written: &impl Fn(f64) -> String) {
    if trials.is_empty() {
        return;
    }
    page.within("tbody", &[], |page| {
        page.within("tr", &[], |page| {
            page.element("th", &[("scope", &"rowgroup"), ("colspan", &HEADINGS.len())], heading);
        });
        for trial in trials {
            row(page, trial, written);
        }
    });
}

fn row(page: &mut Markup, trial: &Row, written: &impl Fn(f64) -> String) {
    let Row { number, outcome, seconds, worker, retries, .. } = trial;
    let class = if matches!(outcome, Outcome::Failed(_)) { "few" } else { "outcome" };
    let retries = if *retries == 0 { String::new() } else { retries.to_string() };
    page.within("tr", &[], |page| {
        page.element("td", &[], number);
        page.element("td", &[("class", &class)], ending(outcome, written));
        page.element("td", &[], seconds.map(duration).unwrap_or_default());
        page.element("td", &[], worker.as_deref().unwrap_or_default());
        page.element("td", &[], retries);
        page.within("td", &[("class", &"long")], |page| decisions(page, trial));
    });
}

/// Many decisions are folded behind the first ones.
fn decisions(page: &mut Markup, trial: &Row) {
    const SHORT: usize = 3;
    let text = |decisions: &[(String, String)]| {
        let parts: Vec<String> = decisions.iter().map(|(state, action)| format!("{state} = {action}")).collect();
        parts.join(", ")
    };
    if trial.decisions.len() <= SHORT {
        return page.element("code", &[], text(&trial.decisions));
    }
    page.within("details", &[], |page| {
        page.element("summary", &[], count(trial.decisions.len(), "decision"));
        page.element("code", &[], text(&trial.decisions));
    });
}
