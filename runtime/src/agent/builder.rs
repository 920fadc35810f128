//! The builder of an agent.

use std::marker::PhantomData;

use super::Agent;
use crate::policy::{Attention, Universe};
use crate::train::{BuildError, Direction, Rewards, Settings};

/// Builds an [`Agent`]; see [`Settings`] for what each setting means and its default.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build` is called"]
pub struct AgentBuilder<U> {
    settings: Settings,
    /// Whether γ was asked for, so that a transfer leaves it alone.
    explores: bool,
    universe: PhantomData<fn() -> U>,
}

// A derive would ask the universe's type to be `Clone`, of which there is no value here.
impl<U> Clone for AgentBuilder<U> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), explores: self.explores, universe: PhantomData }
    }
}

impl<U> AgentBuilder<U> {
    pub(super) fn new() -> Self {
        Self { settings: Settings::default(), explores: false, universe: PhantomData }
    }

    /// Takes all settings at once.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.explores |= settings.exploration > 0.0;
        self.settings = settings;
        self
    }

    /// Seeds the initial weights and all sampling.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// How past tokens see each other.
    pub fn attention(mut self, attention: Attention) -> Self {
        self.settings.attention = attention;
        self
    }

    /// Adam's step size.
    pub fn learning_rate(mut self, learning_rate: f64) -> Self {
        self.settings.learning_rate = learning_rate;
        self
    }

    /// λ_PQT: the weight of imitating an elite.
    pub fn imitation(mut self, weight: f64) -> Self {
        self.settings.imitation = weight;
        self
    }

    /// λ_ENT: the weight of the mean entropy per step.
    pub fn entropy(mut self, weight: f64) -> Self {
        self.settings.entropy = weight;
        self
    }

    /// K: how many elites are remembered for each space.
    pub fn elites(mut self, count: usize) -> Self {
        self.settings.elites = count;
        self
    }

    /// The decay of the moving average of rewards.
    pub fn baseline_decay(mut self, decay: f64) -> Self {
        self.settings.baseline_decay = decay;
        self
    }

    /// Samples from (1 − γ) π + γ / k, with γ falling linearly from `gamma` to zero over the first `samples`.
    pub fn exploration(mut self, gamma: f64, samples: u64) -> Self {
        self.settings.exploration = gamma;
        self.settings.exploration_samples = samples;
        self.explores = true;
        self
    }

    /// Sets γ where it was not asked for.
    pub(super) fn with_exploration(self, (gamma, samples): (f64, u64)) -> Self {
        if self.explores { self } else { self.exploration(gamma, samples) }
    }

    /// How often an invalid config is drawn again before `sample` gives up.
    pub fn max_draws(mut self, draws: u32) -> Self {
        self.settings.max_draws = draws;
        self
    }

    /// Whether rewards are learned from as ranks, which is the default, or as they are.
    pub fn rewards(mut self, rewards: Rewards) -> Self {
        self.settings.rewards = rewards;
        self
    }

    /// Makes smaller rewards better: losses, times, costs.
    pub fn minimize(mut self) -> Self {
        self.settings.direction = Direction::Minimize;
        self
    }

    /// The agent, with fresh weights.
    pub fn build(self) -> Result<Agent<U>, BuildError>
    where
        U: Universe,
    {
        Agent::new(self.settings)
    }
}
