//! What an agent shows: its best config, its attention, its embeddings.

use std::marker::PhantomData;

use super::attention::AttentionMap;
use super::importance::Importance;
use super::{Agent, ConfigError, once};
use crate::policy::kernels::EMBEDDING;
use crate::policy::pair::Pair;
use crate::policy::{Contains, Universe};
use crate::space::{SearchSpace, State, WalkError, decode, encode};

/// A config and what it earned.
#[derive(Debug, Clone, PartialEq)]
pub struct Best<T> {
    /// The config.
    pub config: T,
    /// Its reward.
    pub reward: f64,
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
    /// What the policy makes of each state of `T` now, in row order: the mean over the configs of 200 samples, or fewer of configs with more
    /// than 60 decisions, at least 16. States that none of them came to are left out. The agent's own random numbers stay as they are.
    pub fn importance<T: SearchSpace>(&self) -> Result<Vec<Importance>, WalkError>
    where
        U: Contains<T>,
    {
        once::importance(&self.core, self.first_pair::<T>())
    }

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
