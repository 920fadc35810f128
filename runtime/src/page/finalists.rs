//! The configs that were evaluated again, with the spread of their rewards.

use super::markup::Markup;
use super::number::alike;
use super::region;
use super::story::{Finalist, Story};

pub(super) fn are_there(story: &Story) -> bool {
    !story.finalists.is_empty()
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    page.element(
        "p",
        &[],
        "The best configs were evaluated again in the end. The highest of noisy rewards is luck; the best mean is what was chosen.",
    );
    let numbers = |it: &Finalist| [it.mean, it.deviation, it.range.0, it.range.1];
    let number = alike(story.finalists.iter().flat_map(numbers));
    region::table(page, "Finalists", |page| {
        page.within("thead", &[], headings);
        page.within("tbody", &[], |page| story.finalists.iter().for_each(|it| row(page, it, &number)));
    });
}

fn headings(page: &mut Markup) {
    page.within("tr", &[], |page| {
        for heading in ["Trial", "Mean reward", "Deviation", "Lowest", "Highest", "Evaluations"] {
            page.element("th", &[("scope", &"col"), ("class", &"number")], heading);
        }
    });
}

fn row(page: &mut Markup, it: &Finalist, number: &impl Fn(f64) -> String) {
    let numbers = [it.mean, it.deviation, it.range.0, it.range.1].map(number);
    page.within("tr", &[], |page| {
        page.element("td", &[("class", &"number")], it.number.to_string());
        for words in numbers.into_iter().chain([it.count.to_string()]) {
            page.element("td", &[("class", &"number")], words);
        }
    });
}
