//! Which decision attends to which.

use serde::{Deserialize, Serialize};

use super::core::Core;
use crate::policy::pair::Pair;
use crate::space::{StateRow, Trace, WalkError};
use crate::train::model::Model;

/// Who attends to whom along the trace of one config.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AttentionMap {
    /// The states of the trace in order, the start state first.
    pub states: Vec<String>,
    /// For each layer a matrix `[steps, steps]`: row `i` says how much token `i` takes of each token. Rows sum to 1.
    pub layers: Vec<Vec<Vec<f32>>>,
}

impl AttentionMap {
    /// All states, with what the first of them take of each other.
    pub(crate) fn of_first(mut self, steps: usize) -> Self {
        for layer in &mut self.layers {
            layer.truncate(steps);
            for row in layer {
                row.truncate(steps);
            }
        }
        self
    }
}

impl<M: Model> Core<M> {
    pub(crate) fn attention(&self, pair: Pair, trace: &Trace) -> Result<Option<AttentionMap>, WalkError> {
        let Self { graph, model, .. } = self;
        let steps = graph.follow(pair.space, trace)?;
        let Some(layers) = model.attention(graph, pair, &steps) else { return Ok(None) };
        let states = std::iter::once(StateRow(0)).chain(steps.iter().map(|step| step.decision.state));
        let name = |state: StateRow| graph.vocabulary().state(state).name().to_owned();
        Ok(Some(AttentionMap { states: states.map(name).collect(), layers }))
    }
}
