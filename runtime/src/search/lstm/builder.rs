//! The settings of an LSTM agent before it is built.

use std::marker::PhantomData;

use super::{LstmAgent, LstmInput};
use crate::agent::{BuildError, Rewards, Settings};
use crate::policy::Universe;
use crate::train::Direction;

/// Builds an [`LstmAgent`] with other settings than the default.
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct LstmAgentBuilder<U> {
    settings: Settings,
    input: LstmInput,
    universe: PhantomData<fn() -> U>,
}

// A derive would ask the universe's type to be `Clone`, of which there is no value here.
impl<U> Clone for LstmAgentBuilder<U> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), input: self.input, universe: PhantomData }
    }
}

impl<U: Universe> LstmAgentBuilder<U> {
    pub(super) fn new() -> Self {
        Self { settings: Settings::default(), input: LstmInput::default(), universe: PhantomData }
    }

    /// Takes all settings at once; those of the Transformer agent, of which `attention` says nothing here.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Seeds the initial weights and all sampling.
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// What the network sees of the action taken before.
    pub fn input(mut self, input: LstmInput) -> Self {
        self.input = input;
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
    pub fn build(self) -> Result<LstmAgent<U>, BuildError> {
        LstmAgent::new(self.settings, self.input)
    }
}
