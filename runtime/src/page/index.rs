//! Several studies, to choose from.

use super::live;
use super::markup::Markup;
use super::number::alike;
use super::region;

/// A study in the list of a service.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// How many trials ended how, and how many have not.
    pub(crate) done: u64,
    pub(crate) failed: u64,
    pub(crate) pruned: u64,
    pub(crate) running: u64,
    pub(crate) queued: u64,
    /// The number and the reward of the best.
    pub(crate) best: Option<(u64, f64)>,
    /// Why nothing further is proposed, in a word.
    pub(crate) ending: Option<String>,
}

/// What stands in the columns of numbers.
const COUNTS: [&str; 5] = ["Done", "Failed", "Pruned", "Running", "Waiting"];

pub(super) fn write(page: &mut Markup, studies: &[Entry]) {
    page.within("header", &[], |page| page.element("h1", &[], "Studies"));
    if studies.is_empty() {
        return page.element("p", &[], "There are no studies in this store yet.");
    }
    let number = alike(studies.iter().filter_map(|study| Some(study.best?.1)));
    region::table(page, "Studies", |page| {
        page.within("thead", &[], headings);
        page.within("tbody", &[], |page| studies.iter().for_each(|study| row(page, study, &number)));
    });
}

fn headings(page: &mut Markup) {
    page.within("tr", &[], |page| {
        page.element("th", &[("scope", &"col")], "Study");
        for heading in ["Best reward", "Trial"].into_iter().chain(COUNTS) {
            page.element("th", &[("scope", &"col"), ("class", &"number")], heading);
        }
        page.element("th", &[("scope", &"col")], "Ended");
    });
}

fn row(page: &mut Markup, study: &Entry, number: &impl Fn(f64) -> String) {
    let none = || ("–".to_owned(), "–".to_owned());
    let (trial, reward) = study.best.map_or_else(none, |(trial, reward)| (trial.to_string(), number(reward)));
    let Entry { done, failed, pruned, running, queued, .. } = study;
    let name = if study.name.trim().is_empty() { "(no name)" } else { &study.name };
    page.within("tr", &[], |page| {
        page.within("td", &[("class", &"study")], |page| {
            page.element("a", &[("href", &live::path(&study.name))], name);
        });
        let counts = [done, failed, pruned, running, queued].map(u64::to_string);
        for words in [reward, trial].into_iter().chain(counts) {
            page.element("td", &[("class", &"number")], words);
        }
        page.element("td", &[], study.ending.as_deref().unwrap_or_default());
    });
}
