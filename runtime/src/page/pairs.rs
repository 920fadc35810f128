//! The best of each space and task, where a study has several.

use super::markup::Markup;
use super::number::alike;
use super::region;
use super::story::{Pair, Story};

pub(super) fn are_several(story: &Story) -> bool {
    story.pairs.len() > 1
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let has_spaces = story.pairs.iter().any(|pair| pair.space.is_some());
    let number = alike(story.pairs.iter().filter_map(|pair| Some(pair.best?.1)));
    region::table(page, "The best of each space and task", |page| {
        page.within("thead", &[], |page| headings(page, has_spaces));
        page.within("tbody", &[], |page| story.pairs.iter().for_each(|pair| row(page, pair, has_spaces, &number)));
    });
}

/// Text, then numbers, which end at the same place.
const HEADINGS: [(&str, &str); 5] =
    [("Space", ""), ("Task", ""), ("Trials with a reward", "number"), ("Best reward", "number"), ("Trial", "number")];

fn headings(page: &mut Markup, has_spaces: bool) {
    page.within("tr", &[], |page| {
        for (heading, class) in &HEADINGS[usize::from(!has_spaces)..] {
            page.element("th", &[("scope", &"col"), ("class", class)], heading);
        }
    });
}

fn row(page: &mut Markup, pair: &Pair, has_spaces: bool, number: &impl Fn(f64) -> String) {
    let (trial, reward) = match pair.best {
        Some((trial, reward)) => (trial.to_string(), number(reward)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    page.within("tr", &[], |page| {
        if has_spaces {
            page.element("td", &[], pair.space.as_deref().unwrap_or("–"));
        }
        page.element("td", &[], &pair.task);
        for words in [pair.done.to_string(), reward, trial] {
            page.element("td", &[("class", &"number")], words);
        }
    });
}
