//! An agent's view of one task.

use super::sample::{valid_config, valid_trace};
use super::{Agent, Best, ConfigError, Trial};
use crate::policy::{Contains, Tasks, Universe};
use crate::space::{SampleError, SearchSpace, encode};

/// The agent for one task: see [`Agent::on`].
#[derive(Debug)]
pub struct OnTask<'a, U: Universe> {
    pub(crate) agent: &'a mut Agent<U>,
    pub(crate) task: usize,
}

impl<U: Universe> Agent<U> {
    /// The agent for one task. What it samples remembers the task, so [`observe`](Self::observe) needs no such word.
    ///
    /// ```
    /// use transfer_nas::prelude::*;
    ///
    /// #[tasks]
    /// #[derive(Debug, Clone, Copy, PartialEq)]
    /// enum Data { Cifar10, Mnist }
    ///
    /// #[search_space]
    /// struct Cnn { #[space(range = 1..=4)] layers: u32 }
    ///
    /// #[search_space]
    /// struct Mlp { #[space(range = 1..=4)] layers: u32 }
    ///
    /// #[joint_space(tasks = Data)]
    /// enum Models {
    ///     Cnn(Cnn),
    ///     #[space(tasks(Mnist))]
    ///     Mlp(Mlp),
    /// }
    ///
    /// let mut agent = Agent::<Models>::builder().seed(7).build()?;
    /// let trial = agent.on(Data::Cifar10).sample::<Cnn>()?;
    /// assert_eq!(trial.task(), "Cifar10");
    /// agent.observe(trial, 0.5)?;
    /// assert!(agent.on(Data::Cifar10).sample::<Mlp>().is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on(&mut self, task: U::Tasks) -> OnTask<'_, U> {
        OnTask { agent: self, task: task.index() }
    }
}

impl<U: Universe> OnTask<'_, U> {
    /// Samples a config of the space `T`; see [`Agent::sample`].
    pub fn sample<T: SearchSpace>(&mut self) -> Result<Trial<T>, SampleError>
    where
        U: Contains<T>,
    {
        let pair = self.agent.core.pair::<T>(U::SPACE_INDEX, self.task)?;
        self.agent.core.sample(pair, valid_config::<T>)
    }

    /// Samples several configs at once; see [`Agent::sample_many`].
    pub fn sample_many<T: SearchSpace + Send>(&mut self, count: usize) -> Result<Vec<Trial<T>>, SampleError>
    where
        U: Contains<T>,
    {
        let pair = self.agent.core.pair::<T>(U::SPACE_INDEX, self.task)?;
        self.agent.core.sample_many(&vec![pair; count], valid_config::<T>)
    }

    /// A trial of a given config; see [`Agent::trial`].
    pub fn trial<T: SearchSpace>(&self, config: T) -> Result<Trial<T>, ConfigError>
    where
        U: Contains<T>,
    {
        let trace = valid_trace(&config)?;
        let pair = self.agent.core.pair::<T>(U::SPACE_INDEX, self.task).map_err(ConfigError::Task)?;
        self.agent.core.trial(pair, config, trace)
    }

    /// The log-probability of a config; see [`Agent::log_prob`].
    pub fn log_prob<T: SearchSpace>(&self, config: &T) -> Result<f64, ConfigError>
    where
        U: Contains<T>,
    {
        let pair = self.agent.core.pair::<T>(U::SPACE_INDEX, self.task).map_err(ConfigError::Task)?;
        self.agent.core.log_prob(pair, &encode(config)?)
    }

    /// The best config of `T` on this task so far; see [`Agent::best`].
    #[must_use]
    pub fn best<T: SearchSpace>(&self) -> Option<Best<T>>
    where
        U: Contains<T>,
    {
        let pair = self.agent.core.pair::<T>(U::SPACE_INDEX, self.task).ok()?;
        self.agent.best_of(&[pair])
    }
}
