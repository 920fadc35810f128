//! The job of a study: to train what a trial says, and to report as it goes.

use std::sync::Arc;

use transfer_nas::study::{
    ByDefault, MedianPruner, Outcome, Running, Study, StudyBuilder, StudyError, SuccessiveHalving,
};

use super::arguments::{Arguments, Prune};
use super::data::{DataError, Split};
use super::recipe::{Recipe, Trainable};
use super::training::{TrainError, Training};

/// What all trials have in common.
#[derive(Debug)]
pub(crate) struct Job {
    split: Split,
    epochs: u32,
    /// Seeds the search, too.
    pub(crate) seed: u64,
}

/// Why a trial has no reward.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error(transparent)]
    Train(#[from] TrainError),
    #[error(transparent)]
    Study(#[from] StudyError),
}

impl Job {
    pub(crate) fn new(epochs: u32, seed: u64) -> Result<Arc<Self>, DataError> {
        Ok(Arc::new(Self { split: Split::load()?, epochs, seed }))
    }

    /// Trains a trial's network; its reward is the accuracy on the validation digits after the last epoch.
    pub(crate) fn evaluate<T: Trainable>(&self, trial: &Running<T>) -> Result<Outcome, JobError> {
        let mut training = Training::new(&trial.config().recipe(), self.seed_of(trial.number()))?;
        let mut accuracy = 0.0;
        for epoch in 1..=self.epochs {
            training.epoch(&self.split.train)?;
            accuracy = training.accuracy(&self.split.validation)?;
            trial.report(u64::from(epoch), accuracy)?;
            if epoch < self.epochs && trial.should_prune()? {
                return Ok(Outcome::Pruned);
            }
        }
        Ok(Outcome::Reward(accuracy))
    }

    /// Trains the network of a trial once more, to the bit, and gives its accuracy on the test digits.
    pub(crate) fn test(&self, recipe: &Recipe, number: u64) -> Result<f64, TrainError> {
        let mut training = Training::new(recipe, self.seed_of(number))?;
        for _ in 0..self.epochs {
            training.epoch(&self.split.train)?;
        }
        training.accuracy(&self.split.test)
    }

    /// Each trial has weights of its own, so that a config that comes again is judged anew.
    fn seed_of(&self, trial: u64) -> u64 {
        seed(self.seed, trial)
    }
}

/// The seed of one of several: near seeds of the command line do not share them.
pub(crate) fn seed(base: u64, index: u64) -> u64 {
    base.wrapping_mul(1_000_003).wrapping_add(index)
}

/// A study of this name, in the file where there is one, as the command line wants it.
pub(crate) fn study(arguments: &Arguments, name: &str) -> Result<StudyBuilder<ByDefault>, StudyError> {
    let study = match &arguments.file {
        Some(file) => Study::open(file)?,
        None => Study::in_memory(),
    };
    let study = study.name(name).workers(arguments.workers).trials(arguments.trials);
    let study = if arguments.deterministic { study.deterministic() } else { study };
    Ok(match arguments.prune {
        Prune::None => study,
        Prune::Median => study.pruner(MedianPruner::new().warmup(2)),
        Prune::Halving => study.pruner(SuccessiveHalving::new(2, 2)),
    })
}
