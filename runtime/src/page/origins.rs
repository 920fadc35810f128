//! Which part of the searcher proposed the trials, and what came of it.

use std::collections::BTreeMap;

use super::chosen::ranked;
use super::markup::Markup;
use super::number::alike;
use super::region;
use super::story::Story;

/// Whether any trial says where it came from.
pub(super) fn are_known(story: &Story) -> bool {
    story.trials.iter().any(|trial| trial.origin.is_some())
}

/// The trials of one part.
#[derive(Default)]
struct Part {
    trials: usize,
    /// The number and the reward of the best of them.
    best: Option<(u64, f64)>,
}

/// A line for each part, that with the most trials first.
pub(super) fn summary(page: &mut Markup, story: &Story) {
    let parts = parts(story);
    let number = alike(parts.iter().filter_map(|(_, part)| Some(part.best?.1)));
    region::table(page, "What each part of the search proposed", |page| {
        page.within("thead", &[], |page| {
            page.within("tr", &[], |page| {
                for (heading, class) in HEADINGS {
                    page.element("th", &[("scope", &"col"), ("class", &class)], heading);
                }
            });
        });
        page.within("tbody", &[], |page| {
            for (origin, part) in &parts {
                row(page, *origin, part, &number);
            }
        });
    });
}

const HEADINGS: [(&str, &str); 4] =
    [("Proposed by", ""), ("Trials", "number"), ("Best reward", "number"), ("Trial", "number")];

fn parts(story: &Story) -> Vec<(Option<&str>, Part)> {
    let mut parts: BTreeMap<Option<&str>, Part> = BTreeMap::new();
    for trial in &story.trials {
        parts.entry(trial.source()).or_default().trials += 1;
    }
    for (trial, reward) in ranked(&story.trials, story.direction) {
        parts.entry(trial.source()).or_default().best.get_or_insert((trial.number, reward));
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_key(|(origin, part)| (origin.is_none(), std::cmp::Reverse(part.trials)));
    parts
}

fn row(page: &mut Markup, origin: Option<&str>, part: &Part, number: &impl Fn(f64) -> String) {
    let none = || ("–".to_owned(), "–".to_owned());
    let (reward, trial) = part.best.map_or_else(none, |(trial, reward)| (number(reward), trial.to_string()));
    page.within("tr", &[], |page| {
        page.element("td", &[], origin.unwrap_or("not known"));
        for words in [part.trials.to_string(), reward, trial] {
            page.element("td", &[("class", &"number")], words);
        }
    });
}
