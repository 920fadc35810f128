//! What trials failed of, in their own words.

use std::collections::HashMap;

use super::markup::Markup;
use super::moment::ago;
use super::number::count;
use super::story::{Failure, Story};

/// So many texts are shown, of so many letters each, with so many numbers of trials.
const MOST: usize = 50;
const LETTERS: usize = 32_768;
const NUMBERS: usize = 20;
/// Texts of more lines or letters are folded.
const SHORT: (usize, usize) = (6, 600);

pub(super) fn are_there(story: &Story) -> bool {
    !story.failures.is_empty()
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let groups = groups(&story.failures);
    page.element("p", &[], summary(story.failures.len(), groups.len()));
    for group in groups.iter().take(MOST) {
        write_group(page, group);
    }
    if groups.len() > MOST {
        page.element("p", &[("class", &"note")], format_args!("The latest {MOST} texts are shown."));
    }
}

fn summary(failures: usize, texts: usize) -> String {
    let failed = format!("{} failed", count(failures, "attempt"));
    if texts > 1 { format!("{failed}, with {texts} different texts. The latest comes first.") } else { failed + "." }
}

/// Those of equal text; they and their members stay in the order in which they come, the latest first.
fn groups(failures: &[Failure]) -> Vec<Vec<&Failure>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Failure>> = Vec::new();
    for failure in failures {
        let place = *places.entry(failure.text.as_str()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(failure);
    }
    groups
}

/// The key is that of the earliest, which stays as others join it.
fn write_group(page: &mut Markup, group: &[&Failure]) {
    let (Some(latest), Some(earliest)) = (group.first(), group.last()) else { return };
    let key = format!("failure-{}-{}", earliest.trial, earliest.attempt);
    page.within("div", &[("class", &"failure"), ("data-key", &key)], |page| {
        page.within("p", &[], |page| {
            if group.len() > 1 {
                page.element("strong", &[], format_args!("{} times", group.len()));
                page.words(", in ");
            }
            page.words(numbers(group));
            if let Some(when) = &latest.when {
                page.words(if group.len() > 1 { ", the latest " } else { ", " });
                ago(page, when);
            }
        });
        write_text(page, &latest.text);
    });
}

/// The trials, each once.
fn numbers(group: &[&Failure]) -> String {
    let mut numbers: Vec<u64> = group.iter().map(|failure| failure.trial).collect();
    numbers.dedup();
    let shown: Vec<String> = numbers.iter().take(NUMBERS).map(u64::to_string).collect();
    let noun = if numbers.len() == 1 { "trial" } else { "trials" };
    let more = if numbers.len() > NUMBERS { format!(" and {} more", numbers.len() - NUMBERS) } else { String::new() };
    format!("{noun} {}{more}", shown.join(", "))
}

fn write_text(page: &mut Markup, text: &str) {
    if text.trim().is_empty() {
        return page.element("p", &[("class", &"note")], "without a text");
    }
    let whole = shortened(text);
    let write = |page: &mut Markup| page.within("pre", &[("tabindex", &0)], |page| page.element("code", &[], &whole));
    if text.lines().count() <= SHORT.0 && text.chars().count() <= SHORT.1 {
        return write(page);
    }
    page.within("details", &[], |page| {
        page.within("summary", &[], |page| page.element("code", &[], gist(text)));
        write(page);
    });
}

/// The line that says most: the last one, where a trace of calls comes before it, and the first one otherwise.
fn gist(text: &str) -> String {
    const ENOUGH: usize = 160;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let line = if first.starts_with("Traceback") { lines.next_back().unwrap_or(first) } else { first };
    let shown: String = line.chars().take(ENOUGH).collect();
    if shown.len() < line.len() { shown + "…" } else { shown }
}

/// The whole text; of one that no page should hold, the beginning and the end.
fn shortened(text: &str) -> String {
    let left_out = text.chars().count().saturating_sub(LETTERS);
    if left_out == 0 {
        return text.to_owned();
    }
    let place = |letter: usize| text.char_indices().nth(letter).map_or(text.len(), |(place, _)| place);
    let (beginning, end) = (&text[..place(LETTERS / 2)], &text[place(LETTERS / 2 + left_out)..]);
    format!("{beginning}\n… {left_out} letters are left out here …\n{end}")
}
