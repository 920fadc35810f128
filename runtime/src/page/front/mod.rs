//! Several objectives: the front, how it grew, and its trials.

mod axes;
mod drawing;
mod growth;
mod members;
mod scatter;
#[cfg(test)]
mod tests;
mod trials;

use drawing::key;
use trials::Front;

use super::markup::Markup;
use super::story::{Outcome, Story};

pub(super) fn is_there(story: &Story) -> bool {
    story.objectives.len() > 1
}

pub(super) fn write(page: &mut Markup, story: &Story) {
    let Some(front) = Front::of(story) else {
        let are_beyond = story.trials.iter().any(|row| matches!(row.outcome, Outcome::Exceeds(_)));
        return page.element("p", &[], if are_beyond { BEYOND } else { "No trial has a value of each objective yet." });
    };
    page.element("p", &[], front.summary());
    key(page, !front.exceeding.is_empty());
    if let [first, second] = &front.scales[..] {
        scatter::draw(page, &front, (first, second));
    } else {
        axes::draw(page, &front);
    }
    if let Some(note) = front.note() {
        page.element("p", &[("class", &"note")], note);
    }
    growth::write(page, &front);
    members::write(page, &front);
}

const BEYOND: &str = "No trial keeps its limits yet: what there is exceeds one, as the list of trials says.";
