//! The title, the facts and the best config.

use super::enqueued;
use super::markup::Markup;
use super::number::short;
use super::section::Section;
use super::story::{BestConfig, Story};

pub(super) fn title(story: &Story) -> &str {
    if story.title.trim().is_empty() { "Study" } else { &story.title }
}

pub(super) fn write(page: &mut Markup, story: &Story, sections: &[&Section]) {
    page.within("header", &[], |page| {
        page.element("h1", &[], title(story));
        page.within("nav", &[("aria-label", &"Sections")], |page| {
            for Section { id, heading, .. } in sections {
                page.element("a", &[("href", &format_args!("#{id}"))], heading);
            }
        });
        facts(page, &story.facts);
        for warning in &story.warnings {
            page.element("p", &[("class", &"warning"), ("role", &"note")], warning);
        }
        best(page, story);
    });
}

fn facts(page: &mut Markup, facts: &[(String, String)]) {
    if facts.is_empty() {
        return;
    }
    page.within("dl", &[], |page| {
        for (name, value) in facts {
            page.within("div", &[], |page| {
                page.element("dt", &[], name);
                page.within("dd", &[], |page| page.type_path(value));
            });
        }
    });
}

fn best(page: &mut Markup, story: &Story) {
    let Some(BestConfig { number, reward, code }) = &story.best else {
        return page.element("p", &[], "There is no best config yet: no trial has a reward.");
    };
    let (best, reward) = match &story.objectives[..] {
        [first, _, ..] => {
            (format!("The best config by {} so far", first.name()), format!("{} {}", first.name(), short(*reward)))
        }
        _ => ("The best config so far".to_owned(), format!("reward {}", short(*reward))),
    };
    let beside = enqueued::beside(story, *number);
    page.element("p", &[], format_args!("{best}, trial {number} with {reward}{beside}:"));
    config(page, code);
}

/// All of it, however long or wide it is; a long one can be folded away.
fn config(page: &mut Markup, code: &str) {
    const LONG: usize = 60;
    let write = |page: &mut Markup| page.within("pre", &[("class", &"whole")], |page| page.element("code", &[], code));
    let lines = code.lines().count();
    if lines <= LONG {
        return write(page);
    }
    page.within("details", &[("open", &"open"), ("data-key", &"best-config")], |page| {
        page.element("summary", &[], format_args!("The config, {lines} lines"));
        write(page);
    });
}
