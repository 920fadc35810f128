//! Several objectives: the front, how it grew, and its trials.

mod axes;
mod growth;
mod members;
mod scatter;
#[cfg(test)]
mod tests;

use super::figure::Figure;
use super::markup::{Attributes, Markup, Way};
use super::number::count;
use super::scale::Scale;
use super::story::{Outcome, Row, Story};
use crate::train::{Objective, pareto_front};

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

/// The trials of a study of several objectives.
struct Front<'a> {
    objectives: &'a [Objective],
    /// Of each objective, from what keeps the limits.
    scales: Vec<Scale>,
    /// Those that keep their limits, by number.
    kept: Vec<&'a Row>,
    /// The places of those among them that are on the front.
    on: Vec<usize>,
    /// Those that exceed a limit and have values.
    exceeding: Vec<&'a Row>,
}

impl<'a> Front<'a> {
    fn of(story: &'a Story) -> Option<Self> {
        let objectives = &story.objectives[..];
        let has_values =
            |row: &&Row| row.values.len() == objectives.len() && row.values.iter().all(|value| value.is_finite());
        let of_kind = |is: fn(&Outcome) -> bool| {
            story.trials.iter().filter(move |row| is(&row.outcome)).filter(has_values).collect::<Vec<&Row>>()
        };
        let kept = of_kind(|outcome| matches!(outcome, Outcome::Reward(_)));
        let exceeding = of_kind(|outcome| matches!(outcome, Outcome::Exceeds(_)));
        let scale = |(place, objective): (usize, &Objective)| {
            Scale::of(objective.direction(), kept.iter().map(|row| row.values[place]))
        };
        let scales = objectives.iter().enumerate().map(scale).collect::<Option<Vec<Scale>>>()?;
        let values: Vec<&[f64]> = kept.iter().map(|row| &row.values[..]).collect();
        let on = pareto_front(objectives, &values);
        Some(Self { objectives, scales, kept, on, exceeding })
    }

    fn members(&self) -> impl Iterator<Item = &'a Row> {
        self.on.iter().map(|&place| self.kept[place])
    }

    fn summary(&self) -> String {
        let (on, kept) = (self.on.len(), count(self.kept.len(), "trial"));
        let verb = if on == 1 { "is" } else { "are" };
        let beyond = if self.exceeding.len() == 1 { "exceeds" } else { "exceed" };
        let exceeding = match self.exceeding.len() {
            0 => String::new(),
            further => format!(" {} {beyond} a limit.", count(further, "further trial")),
        };
        format!(
            "Of {kept} {on} {verb} on the front: none of the others is as good in all objectives and better in one.{exceeding}"
        )
    }

    /// What is not where it belongs.
    fn note(&self) -> Option<String> {
        let far = self.scales.iter().zip(self.objectives).filter(|(scale, _)| scale.outliers > 0);
        let far: Vec<String> =
            far.map(|(scale, objective)| format!("{} by {}", scale.outliers, objective.name())).collect();
        let far =
            (!far.is_empty()).then(|| format!("Far worse than the others, and drawn at the edge: {}.", far.join(", ")));
        let beyond = (!self.exceeding.is_empty()).then(|| {
            "The axes are those of what keeps its limits; what exceeds one may be drawn at their edge.".to_owned()
        });
        let notes: Vec<String> = far.into_iter().chain(beyond).collect();
        (!notes.is_empty()).then(|| notes.join(" "))
    }
}

/// What an axis is of.
fn label(objective: &Objective) -> String {
    let better = match objective.direction() {
        crate::train::Direction::Maximize => "higher",
        crate::train::Direction::Minimize => "lower",
    };
    match objective.in_unit() {
        Some(unit) => format!("{} in {unit}, {better} is better", objective.name()),
        None => format!("{}, {better} is better", objective.name()),
    }
}

fn key(page: &mut Markup, are_exceeding: bool) {
    let swatch: Attributes<'_> =
        &[("viewBox", &"0 0 24 12"), ("width", &24), ("height", &12), ("aria-hidden", &"true")];
    page.within("p", &[("class", &"key")], |page| {
        for (class, words) in [("best", "on the front"), ("trial", "behind it")] {
            page.within("svg", swatch, |page| {
                page.single("circle", &[("class", &class), ("cx", &12), ("cy", &6), ("r", &4)]);
            });
            page.words(words);
        }
        if are_exceeding {
            page.within("svg", swatch, |page| {
                page.single("path", &[("class", &"exceeds"), ("d", &cross((12.0, 6.0)))]);
            });
            page.words("exceeds a limit");
        }
    });
}

/// A mark that is told apart without its colour.
fn cross((x, y): (f64, f64)) -> Way {
    let mut way = Way::default();
    way.start((x - 3.5, y - 3.5)).line((x + 3.5, y + 3.5)).start((x - 3.5, y + 3.5)).line((x + 3.5, y - 3.5));
    way
}

fn figure(title: &str, height: f64) -> Figure<'_> {
    Figure { title, width: 1120.0, height }
}
