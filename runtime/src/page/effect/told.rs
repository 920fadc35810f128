//! What the trials of a study show.

use super::super::scale::Scale;
use super::super::story::{Outcome, Row, Story};
use super::{Case, Effect, Unknown};
use crate::train::Direction;

/// More objectives are left out.
const OBJECTIVES: usize = 4;

impl Story {
    /// On what the reward depends; of several objectives on what each of the first ones does.
    pub(in super::super) fn effects(&self) -> &[Result<Effect, Unknown>] {
        self.effects.get_or_init(|| match self.objectives.len() {
            0 | 1 => vec![self.effect(self.direction, Row::reward)],
            _ => {
                let objectives = self.objectives.iter().take(OBJECTIVES).enumerate();
                objectives.map(|(i, objective)| self.effect(objective.direction(), |row| value(row, i))).collect()
            }
        })
    }

    /// Values far worse than the others count as the worst of these, as they are drawn.
    fn effect(&self, direction: Direction, value: impl Fn(&Row) -> Option<f64>) -> Result<Effect, Unknown> {
        let valued: Vec<(&Row, f64)> = self.trials.iter().filter_map(|row| Some((row, value(row)?))).collect();
        let scale = Scale::of(direction, valued.iter().map(|(_, value)| *value)).ok_or(Unknown::Few(0))?;
        let cases = valued.iter().map(|(row, value)| Case { decisions: &row.decisions, value: scale.place(*value) });
        Effect::of(&cases.collect::<Vec<_>>())
    }
}

/// The value of an objective, of what exceeds a limit, too.
fn value(row: &Row, objective: usize) -> Option<f64> {
    let is_valued = matches!(row.outcome, Outcome::Reward(_) | Outcome::Exceeds(_));
    row.values.get(objective).copied().filter(|value| is_valued && value.is_finite())
}
