//! Looking into an agent: its best config, its attention, its embeddings.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::core::Core;
use super::{Agent, ConfigError, once};
use crate::policy::kernels::EMBEDDING;
use crate::policy::pair::Pair;
use crate::policy::{Contains, Universe};
use crate::space::{SearchSpace, State, StateRow, Trace, WalkError, decode, encode};
use crate::train::model::Model;

/// A config and what it earned.
#[derive(Debug, Clone, PartialEq)]
pub struct Best<T> {
    /// The config.
    pub config: T,
    /// Its reward.
    pub reward: f64,
}

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

/// One embedding table with the names of its rows.
///
/// `Rows` is the universe's compile-time size: tables of different universes are different types.
#[derive(Debug, Clone)]
pub struct Table<'a, Name, Rows> {
    names: Vec<Name>,
    rows: &'a [[f32; EMBEDDING]],
    size: PhantomData<fn() -> Rows>,
}

impl<Name: PartialEq, Rows> Table<'_, Name, Rows> {
    /// The names, in row order.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The rows: `[rows, 8]`.
    #[must_use]
    pub fn rows(&self) -> &[[f32; EMBEDDING]] {
        self.rows
    }

    /// The row of a name.
    #[must_use]
    pub fn get(&self, name: &Name) -> Option<&[f32; EMBEDDING]> {
        self.names.iter().position(|known| known == name).map(|row| &self.rows[row])
    }
}

/// What the agent has learned to tell apart.
#[derive(Debug, Clone)]
pub struct Embeddings<'a, U: Universe> {
    /// `[states, 8]`, by state name.
    pub states: Table<'a, &'a str, U::States>,
    /// `[actions, 8]`, by state name and action label.
    pub actions: Table<'a, (&'a str, &'a str), U::Actions>,
}

impl<U: Universe> Agent<U> {
    /// The config of `T` with the best reward so far, on any of its tasks; the first one of equals.
    #[must_use]
    pub fn best<T: SearchSpace>(&self) -> Option<Best<T>>
    where
        U: Contains<T>,
    {
        self.best_of(&self.core.memories.of_space(U::SPACE_INDEX))
    }

    /// The best config of some pairs of one space.
    pub(super) fn best_of<T: SearchSpace>(&self, pairs: &[Pair]) -> Option<Best<T>> {
        let memories = pairs.iter().filter_map(|pair| self.core.memories.get(*pair));
        let elites = memories.filter_map(|memory| memory.elites.best().first());
        let best = elites.reduce(|best, elite| if elite.reward > best.reward { elite } else { best })?;
        let config = decode(&best.trace).ok()?;
        Some(Best { config, reward: self.settings().direction.sign() * best.reward })
    }

    /// The attention weights of each layer along the decisions that make a config.
    pub fn attention<T: SearchSpace>(&self, config: &T) -> Result<AttentionMap, ConfigError>
    where
        U: Contains<T>,
    {
        let trace = encode(config)?;
        let map = once::attention(&self.core, self.first_pair::<T>(), &trace)?;
        Ok(map.unwrap_or(AttentionMap { states: Vec::new(), layers: Vec::new() }))
    }

    /// The embeddings of states and actions, with their names.
    #[must_use]
    pub fn embeddings(&self) -> Embeddings<'_, U> {
        let (vocabulary, weights) = (self.core.graph.vocabulary(), &self.core.model.weights);
        let states = vocabulary.states().iter().map(State::name).collect();
        Embeddings {
            states: Table { names: states, rows: &weights.states, size: PhantomData },
            actions: Table { names: vocabulary.pairs().collect(), rows: &weights.actions, size: PhantomData },
        }
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
