//! The trials that matter most to a reader: the best, and the latest.

use super::chosen::ranked;
use super::markup::Markup;
use super::number::{alike, count, duration};
use super::origins;
use super::story::{Outcome, Row, Story};
use super::strip::ending;

const BEST: usize = 100;
const LATEST: usize = 20;
const ORIGIN: &str = "Proposed by";
const HEADINGS: [&str; 7] = ["Trial", "Outcome", "Time", "Worker", "Retries", ORIGIN, "Decisions"];

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
    let form = Form { has_origins, number };
    page.within("div", &[("class", &"table")], |page| {
        page.within("table", &[], |page| {
            page.within("thead", &[], |page| form.headings(page));
            form.group(page, &format!("The best {}", best.len()), &best);
            form.group(page, &format!("The latest {}", latest.len()), &latest);
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

/// What all rows have in common.
struct Form<N> {
    has_origins: bool,
    /// How numbers are written.
    number: N,
}

impl<N: Fn(f64) -> String> Form<N> {
    fn columns(&self) -> impl Iterator<Item = &'static str> {
        let has_origins = self.has_origins;
        HEADINGS.into_iter().filter(move |heading| has_origins || *heading != ORIGIN)
    }

    fn headings(&self, page: &mut Markup) {
        page.within("tr", &[], |page| {
            self.columns().for_each(|heading| page.element("th", &[("scope", &"col")], heading));
        });
    }

    fn group(&self, page: &mut Markup, heading: &str, trials: &[&Row]) {
        if trials.is_empty() {
            return;
        }
        page.within("tbody", &[], |page| {
            page.within("tr", &[], |page| {
                page.element("th", &[("scope", &"rowgroup"), ("colspan", &self.columns().count())], heading);
            });
            for trial in trials {
                self.row(page, trial);
            }
        });
    }

    fn row(&self, page: &mut Markup, trial: &Row) {
        let Row { number, outcome, seconds, worker, retries, origin, .. } = trial;
        let class = if matches!(outcome, Outcome::Failed(_)) { "few" } else { "outcome" };
        let retries = if *retries == 0 { String::new() } else { retries.to_string() };
        page.within("tr", &[], |page| {
            page.element("td", &[], number);
            page.element("td", &[("class", &class)], ending(outcome, &self.number));
            page.element("td", &[], seconds.map(duration).unwrap_or_default());
            page.element("td", &[], worker.as_deref().unwrap_or_default());
            page.element("td", &[], retries);
            if self.has_origins {
                page.element("td", &[], origin.as_deref().unwrap_or_default());
            }
            page.within("td", &[("class", &"long")], |page| decisions(page, trial));
        });
    }
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
