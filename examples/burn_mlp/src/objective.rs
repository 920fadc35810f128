//! What a trial does.

use transfer_nas::study::{Outcome, Running};

use crate::config::Config;
use crate::digits::Digits;
use crate::training::{Error, Training};

/// Trains the network of a trial, with a checkpoint in its directory after each epoch. The reward is the accuracy on the validation digits
/// after the last one.
pub fn evaluate(trial: &Running<Config>, digits: &Digits, epochs: u32, seed: u64) -> Result<Outcome, Error> {
    let directory = trial.dir()?;
    let mut training = Training::resume(trial.config(), seed_of(seed, trial.number()), &directory)?;
    // What an earlier attempt reported does not count: its epochs are reported once more.
    for (epoch, accuracy) in training.accuracies.iter().enumerate() {
        trial.report(epoch as u64 + 1, *accuracy)?;
    }
    while training.epochs() < epochs {
        let accuracy = training.epoch(digits)?;
        training.save(&directory)?;
        let epoch = training.epochs();
        trial.report(epoch.into(), accuracy)?;
        if epoch < epochs && trial.should_prune()? {
            return Ok(Outcome::Pruned);
        }
    }
    Ok(Outcome::Reward(training.accuracy()))
}

/// Each trial has first weights of its own.
pub fn seed_of(seed: u64, trial: u64) -> u64 {
    seed.wrapping_mul(1_000_003).wrapping_add(trial).wrapping_mul(1_000)
}
