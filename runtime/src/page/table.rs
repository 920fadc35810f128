//! The trials that matter most to a reader: the best, and the latest.

use super::chosen::ranked;
use super::markup::Markup;
use super::number::{alike, count, duration};
use super::origins;
use super::region;
use super::story::{Outcome, Row, Story};
use super::strip::ending;

const BEST: usize = 100;
const LATEST: usize = 20;
const ORIGIN: &str = "Proposed by";
const NOTES: &str = "Notes";
const HEADINGS: [&str; 8] = ["Trial", "Outcome", "Time", "Worker", "Retries", ORIGIN, "Decisions", NOTES];

pub(super) fn write(page: &mut Markup, story: &Story) {
    if story.trials.is_empty() {
        return page.element("p", &[], "There are no trials to list.");
    }
    let has_origins = origins::are_known(story);
    if has_origins {
        origins::summary(page, story);
    }
    let best: Vec<&Row> =
        ranked(&story.trials, story.direction).into_iter().take(BEST).map(|(trial, _)| trial).collect();
    let mut latest: Vec<&Row> = story.trials.iter().collect();
    latest.sort_by_key(|trial| std::cmp::Reverse(trial.number));
    latest.truncate(LATEST);
    let number = alike(best.iter().chain(&latest).filter_map(|trial| value(&trial.outcome)));
    let has_notes = best.iter().chain(&latest).any(|trial| !trial.notes.is_empty());
    let form = Form { has_origins, has_notes, number };
    region::table(page, "The best and the latest trials", |page| {
        page.within("thead", &[], |page| form.headings(page));
        form.group(page, "best", &best);
        form.group(page, "latest", &latest);
    });
}

/// The number in how a trial ended.
fn value(outcome: &Outcome) -> Option<f64> {
    match outcome {
        Outcome::Reward(value) | Outcome::Pruned(Some(value)) => Some(*value),
        _ => None,
    }
}

/// What all rows have in common.
struct Form<N> {
    has_origins: bool,
    has_notes: bool,
    /// How numbers are written.
    number: N,
}

impl<N: Fn(f64) -> String> Form<N> {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let (has_origins, has_notes) = (self.has_origins, self.has_notes);
        let is_due = move |heading: &&str| (has_origins || *heading != ORIGIN) && (has_notes || *heading != NOTES);
        HEADINGS.into_iter().filter(is_due)
    }

    fn headings(&self, page: &mut Markup) {
        page.within("tr", &[], |page| {
            self.columns().for_each(|heading| page.element("th", &[("scope", &"col")], heading));
        });
    }

    /// The best, or the latest.
    fn group(&self, page: &mut Markup, which: &str, trials: &[&Row]) {
        if trials.is_empty() {
            return;
        }
        page.within("tbody", &[], |page| {
            page.within("tr", &[], |page| {
                page.element(
                    "th",
                    &[("scope", &"rowgroup"), ("colspan", &self.columns().count())],
                    format_args!("The {which} {}", trials.len()),
                );
            });
            for trial in trials {
                self.row(page, which, trial);
            }
        });
    }

    fn row(&self, page: &mut Markup, which: &str, trial: &Row) {
        let Row { number, outcome, seconds, worker, retries, .. } = trial;
        let class = if matches!(outcome, Outcome::Failed(_) | Outcome::Exceeds(_)) { "few" } else { "outcome" };
        let retries = if *retries == 0 { String::new() } else { retries.to_string() };
        page.within("tr", &[("data-key", &format_args!("{which}-{number}"))], |page| {
            page.element("td", &[], number);
            page.element("td", &[("class", &class)], ending(outcome, &self.number));
            page.element("td", &[], seconds.map(duration).unwrap_or_default());
            page.element("td", &[], worker.as_deref().unwrap_or_default());
            page.element("td", &[], retries);
            if self.has_origins {
                page.element("td", &[], trial.source().unwrap_or_default());
            }
            page.within("td", &[("class", &"long")], |page| decisions(page, trial));
            if self.has_notes {
                page.within("td", &[("class", &"long")], |page| notes(page, &trial.notes));
            }
        });
    }
}

/// Many decisions are folded behind the first ones.
pub(super) fn decisions(page: &mut Markup, trial: &Row) {
    const SHORT: usize = 3;
    folded(page, &trial.decisions, "decision", trial.decisions.len() > SHORT);
}

/// Long ones are folded.
fn notes(page: &mut Markup, notes: &[(String, String)]) {
    const SHORT: usize = 100;
    let letters: usize = notes.iter().map(|(key, value)| key.len() + value.len() + 5).sum();
    folded(page, notes, "note", letters > SHORT);
}

fn folded(page: &mut Markup, pairs: &[(String, String)], noun: &str, is_folded: bool) {
    let parts: Vec<String> = pairs.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    if parts.is_empty() {
        return;
    }
    if !is_folded {
        return page.element("code", &[], parts.join(", "));
    }
    page.within("details", &[], |page| {
        page.element("summary", &[], count(parts.len(), noun));
        page.element("code", &[], parts.join(", "));
    });
}
