//! What a model knows of the states of a space, to be shown.

use serde::{Deserialize, Serialize};

use crate::train::Direction;

/// What a model of rewards makes of each state.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Insight {
    /// The states in row order; those that no random config came to are left out.
    pub states: Vec<StateInsight>,
}

impl Insight {
    /// The same in rewards as the user tells them; a strategy knows what it maximises.
    pub(crate) fn told_towards(mut self, direction: Direction) -> Self {
        self.states.iter_mut().flat_map(|state| &mut state.slice).for_each(|slice| slice.mean *= direction.sign());
        self
    }

    /// Whether all its numbers are finite: JSON has no others.
    pub(crate) fn is_finite(&self) -> bool {
        let slice = |slice: &Slice| slice.mean.is_finite() && slice.deviation.is_finite();
        let numbers = |state: &StateInsight| [state.weight, state.share, state.decided].iter().all(|it| it.is_finite());
        self.states.iter().all(|state| numbers(state) && state.slice.iter().all(slice))
    }
}

/// What a model of rewards makes of one state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StateInsight {
    /// The state's name.
    pub state: String,
    /// How much a change of it changes, as the model has learned it: two configs that differ only there are similar by `exp(−weight)`
    /// (for actions that are as far apart as can be).
    pub weight: f64,
    /// The share of the variance of predicted rewards over random configs that this state explains by itself (its first-order index).
    pub share: f64,
    /// The share of random configs that decide it.
    pub decided: f64,
    /// What the best config so far is predicted to earn with each action of this state in place of its own; empty where that config
    /// does not decide it.
    pub slice: Vec<Slice>,
}

/// One action of a slice, in units of the reward.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Slice {
    /// The action's label.
    pub label: String,
    /// The predicted reward.
    pub mean: f64,
    /// The deviation of that prediction.
    pub deviation: f64,
    /// Whether the best config takes it.
    pub is_best: bool,
}
