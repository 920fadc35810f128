//! The trials of a study of several objectives, and which of them are on the front.

use super::super::number::count;
use super::super::scale::Scale;
use super::super::story::{Outcome, Row, Story};
use crate::train::{Objective, pareto_front};

/// The trials of a study of several objectives.
pub(super) struct Front<'a> {
    pub(super) objectives: &'a [Objective],
    /// Of each objective, from what keeps the limits.
    pub(super) scales: Vec<Scale>,
    /// Those that keep their limits, by number.
    pub(super) rewarded: Vec<&'a Row>,
    /// The places of those among them that are on the front.
    pub(super) on: Vec<usize>,
    /// Those that exceed a limit and have values.
    pub(super) exceeding: Vec<&'a Row>,
}

impl<'a> Front<'a> {
    pub(super) fn of(story: &'a Story) -> Option<Self> {
        let objectives = &story.objectives[..];
        let has_values =
            |row: &&Row| row.values.len() == objectives.len() && row.values.iter().all(|value| value.is_finite());
        let of_kind = |is: fn(&Outcome) -> bool| {
            story.trials.iter().filter(move |row| is(&row.outcome)).filter(has_values).collect::<Vec<&Row>>()
        };
        let rewarded = of_kind(|outcome| matches!(outcome, Outcome::Reward(_)));
        let exceeding = of_kind(|outcome| matches!(outcome, Outcome::Exceeds(_)));
        let scale = |(place, objective): (usize, &Objective)| {
            Scale::of(objective.direction(), rewarded.iter().map(|row| row.values[place]))
        };
        let scales = objectives.iter().enumerate().map(scale).collect::<Option<Vec<Scale>>>()?;
        let values: Vec<&[f64]> = rewarded.iter().map(|row| &row.values[..]).collect();
        let on = pareto_front(objectives, &values);
        Some(Self { objectives, scales, rewarded, on, exceeding })
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &'a Row> {
        self.on.iter().map(|&place| self.rewarded[place])
    }

    pub(super) fn summary(&self) -> String {
        let (on, rewarded) = (self.on.len(), count(self.rewarded.len(), "trial"));
        let verb = if on == 1 { "is" } else { "are" };
        let beyond = if self.exceeding.len() == 1 { "exceeds" } else { "exceed" };
        let exceeding = match self.exceeding.len() {
            0 => String::new(),
            further => format!(" {} {beyond} a limit.", count(further, "further trial")),
        };
        format!(
            "Of {rewarded} {on} {verb} on the front: none of the others is as good in all objectives and better in one.{exceeding}"
        )
    }

    /// What is not where it belongs.
    pub(super) fn note(&self) -> Option<String> {
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
