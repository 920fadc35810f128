//! A training that can be stopped after each epoch, and gone on with.

use std::fs;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Device;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::config::Config;
use crate::digits::{Digit, Digits};
use crate::network::{Network, batch};

pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// A network, its optimizer, and the accuracy on the validation digits after each epoch so far.
pub struct Training {
    network: Network,
    optimizer: ModuleOptimizer,
    config: Config,
    seed: u64,
    pub accuracies: Vec<f64>,
}

impl Training {
    /// At its beginning.
    pub fn new(config: &Config, seed: u64) -> Self {
        let device = device();
        device.seed(seed);
        let network = Network::new(config, &device);
        Self { network, optimizer: config.optimizer.init(), config: config.clone(), seed, accuracies: Vec::new() }
    }

    /// Where the checkpoint in this directory is, or at its beginning where there is none.
    pub fn resume(config: &Config, seed: u64, directory: &Path) -> Result<Self, Error> {
        if directory.join(PROGRESS).exists() {
            Self::load(config, seed, directory)
        } else {
            Ok(Self::new(config, seed))
        }
    }

    /// Where the checkpoint in this directory is.
    pub fn load(config: &Config, seed: u64, directory: &Path) -> Result<Self, Error> {
        let progress = fs::read_to_string(directory.join(PROGRESS))
            .map_err(|error| format!("no checkpoint can be read in `{}`: {error}", directory.display()))?;
        let mut training = Self::new(config, seed);
        training.accuracies = progress.lines().map(str::parse).collect::<Result<_, _>>()?;
        let [network, optimizer] = files(directory, training.accuracies.len());
        training.network = training.network.try_load_file(network)?;
        training.optimizer = training.optimizer.load(optimizer)?;
        Ok(training)
    }

    /// Goes through the training digits once, in an order of this epoch's own.
    pub fn epoch(&mut self, digits: &Digits) -> Result<f64, Error> {
        let (device, seed) = (device(), self.seed.wrapping_add(self.accuracies.len() as u64));
        device.seed(seed); // for dropout
        let mut order: Vec<&Digit> = digits.train.iter().collect();
        order.shuffle(&mut StdRng::seed_from_u64(seed));
        for digits in order.chunks(self.config.batch) {
            self.step(digits, &device)?;
        }
        let accuracy = self.network.valid().accuracy(&digits.validation, &device.inner());
        self.accuracies.push(accuracy);
        Ok(accuracy)
    }

    fn step(&mut self, digits: &[&Digit], device: &Device) -> Result<(), Error> {
        let (pixels, labels) = batch(digits.iter().copied(), device);
        let loss = CrossEntropyLossConfig::new().init(device).forward(self.network.forward(pixels), labels);
        if !loss.clone().into_scalar::<f32>().is_finite() {
            return Err(format!("the loss is no number in epoch {}", self.accuracies.len() + 1).into());
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        self.network = self.optimizer.step(self.config.learning_rate, self.network.clone(), gradients);
        Ok(())
    }

    /// Writes a checkpoint. Whenever the process ends, either this one or the one before is whole.
    pub fn save(&self, directory: &Path) -> Result<(), Error> {
        let epochs = self.accuracies.len();
        let [network, optimizer] = files(directory, epochs);
        self.network.clone().save_file(network)?;
        self.optimizer.save(optimizer)?;
        let lines: Vec<String> = self.accuracies.iter().map(f64::to_string).collect();
        let written = directory.join("progress.new");
        fs::write(&written, lines.join("\n"))?;
        fs::rename(written, directory.join(PROGRESS))?;
        for old in epochs.checked_sub(1).map(|before| files(directory, before)).into_iter().flatten() {
            _ = fs::remove_file(old); // Of the first epoch there is nothing before.
        }
        Ok(())
    }

    /// How many epochs are done.
    pub fn epochs(&self) -> u32 {
        self.accuracies.len() as u32
    }

    /// The accuracy on the validation digits after the last epoch, 0 before the first one.
    pub fn accuracy(&self) -> f64 {
        self.accuracies.last().copied().unwrap_or_default()
    }

    /// The accuracy on digits that had no say.
    pub fn test(&self, digits: &Digits) -> f64 {
        self.network.valid().accuracy(&digits.test, &device().inner())
    }
}

/// The accuracy after each epoch, a line each.
const PROGRESS: &str = "progress";

/// Network and optimizer after so many epochs.
fn files(directory: &Path, epochs: usize) -> [PathBuf; 2] {
    ["network", "optimizer"].map(|what| directory.join(format!("{what}-{epochs}.bpk")))
}

/// The processor, with gradients.
fn device() -> Device {
    Device::flex().autodiff()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Optimizer;

    /// Without dropout, so that what other tests draw changes nothing.
    #[test]
    fn a_training_that_is_gone_on_with_ends_where_one_that_was_not_stopped_does() {
        let digits = Digits::load().unwrap();
        let sgd = Config {
            optimizer: Optimizer::Sgd { momentum: 0.9, nesterov: true },
            learning_rate: 0.1,
            ..Config::default()
        };
        for config in [Config::default(), sgd] {
            let directory = tempfile::tempdir().unwrap();
            let mut whole = Training::resume(&config, 100, directory.path()).unwrap();
            whole.epoch(&digits).unwrap();
            whole.save(directory.path()).unwrap();
            let mut resumed = Training::resume(&config, 7, directory.path()).unwrap();
            resumed.seed = whole.seed;
            assert_eq!(resumed.accuracies, whole.accuracies);
            assert_eq!(resumed.epoch(&digits).unwrap(), whole.epoch(&digits).unwrap());
            assert!(whole.accuracies[1] > 0.5, "{:?}", whole.accuracies);
        }
    }
}
