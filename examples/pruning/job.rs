//! A training job that is made up: a conditional space of 22 states, and a learning curve for each config.
//!
//! The curve of a config is `height · (1 − exp(−pace · epoch))` with noise. The height is what the config can reach after all
//! epochs; the pace says how fast, and the two are at odds in places: small learning rates and dropout are slow and good, so that
//! who is ahead early need not be ahead at the end.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::{Rng, SeedableRng};
use transfer_nas::prelude::*;

/// Epochs of a whole training.
pub(crate) const EPOCHS: u64 = 20;
/// The noise of a value: uniform within ± this.
const NOISE: f64 = 0.01;

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.9, 0.99])]
        momentum: f64,
        nesterov: bool,
    },
    AdamW {
        #[space(choices = [0.8, 0.9, 0.95, 0.99])]
        beta1: f64,
        #[space(choices = [0.0, 1e-4, 1e-3, 1e-2, 1e-1])]
        weight_decay: f64,
    },
    Lion,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Schedule {
    Constant,
    Cosine {
        #[space(range = 0..=3)]
        warmup: u32,
    },
    Step {
        #[space(choices = [2, 5, 10])]
        every: u32,
        #[space(choices = [0.1, 0.3, 0.5])]
        factor: f64,
    },
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    Dense {
        #[space(choices = [32, 64, 128, 256])]
        units: u32,
        #[space(choices = [0.1, 0.3, 0.5])]
        dropout: Option<f64>,
    },
    Conv {
        #[space(choices = [1, 3, 5, 7])]
        kernel: u32,
        #[space(choices = [16, 32, 64])]
        channels: u32,
    },
    Attention {
        #[space(choices = [1, 2, 4, 8])]
        heads: u32,
    },
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    optimizer: Optimizer,
    #[space(choices = [1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1])]
    learning_rate: f64,
    schedule: Schedule,
    #[space(choices = [16, 32, 64, 128, 256])]
    batch: u32,
    #[space(len = 1..=3)]
    blocks: Vec<Block>,
    #[space(choices = ["relu", "gelu", "tanh"])]
    activation: String,
    norm: bool,
    #[space(range = 0..=4)]
    augmentation: u32,
}

impl Job {
    /// What the config reaches after all epochs, without noise.
    pub(crate) fn truth(&self) -> f64 {
        self.at(EPOCHS)
    }

    /// The values of a training, one an epoch, with the noise of a seed.
    pub(crate) fn curve(&self, seed: u64) -> impl Iterator<Item = (u64, f64)> {
        let mut rng = Pcg64::seed_from_u64(seed);
        let uniform = move || (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let mut noise = uniform;
        (1..=EPOCHS).map(move |epoch| (epoch, self.at(epoch) + NOISE * (2.0 * noise() - 1.0)))
    }

    fn at(&self, epoch: u64) -> f64 {
        self.height() * (1.0 - (-self.pace() * epoch as f64).exp())
    }

    fn height(&self) -> f64 {
        let faults = self.optimizer_fault() + self.schedule_fault() + self.body_fault() + self.data_fault();
        (0.97 - faults).max(0.1)
    }

    /// Steps of the learning rate from the one that suits the optimizer.
    fn rate_fault(&self) -> f64 {
        let best = match self.optimizer {
            Optimizer::Sgd { momentum, .. } => -1.5 - momentum,
            Optimizer::AdamW { .. } => -2.75,
            Optimizer::Lion => -3.5,
        };
        (self.learning_rate.log10() - best).abs()
    }

    fn optimizer_fault(&self) -> f64 {
        let own = match self.optimizer {
            Optimizer::Sgd { momentum, nesterov } => 0.06 * (momentum - 0.9).abs() + if nesterov { 0.0 } else { 0.02 },
            Optimizer::AdamW { beta1, weight_decay } => {
                0.04 + 0.3 * (beta1 - 0.9).abs() + 0.01 * (weight_decay.max(1e-5).log10() + 3.0).abs()
            }
            Optimizer::Lion => 0.07,
        };
        own + 0.1 * self.rate_fault()
    }

    fn schedule_fault(&self) -> f64 {
        match self.schedule {
            Schedule::Constant => 0.05,
            Schedule::Cosine { warmup } => 0.01 * f64::from(warmup.abs_diff(2)),
            Schedule::Step { every, factor } => {
                0.02 + 0.004 * f64::from(every.abs_diff(5)) + 0.1 * (factor - 0.3).abs()
            }
        }
    }

    fn body_fault(&self) -> f64 {
        let block = |block: &Block| match block {
            Block::Dense { units, dropout } => {
                0.05 + 0.01 * (8.0 - f64::from(*units).log2()).max(0.0) + if dropout.is_some() { 0.0 } else { 0.02 }
            }
            Block::Conv { kernel, channels } => {
                0.01 * f64::from(kernel.abs_diff(5)) + 0.01 * (6.0 - f64::from(*channels).log2())
            }
            Block::Attention { heads } => 0.03 + 0.02 * (f64::from(*heads).log2() - 2.0).abs(),
        };
        let mean = self.blocks.iter().map(block).sum::<f64>() / self.blocks.len() as f64;
        let norm = if self.norm { 0.0 } else { 0.04 * self.blocks.len() as f64 };
        mean + norm + 0.04 * (3 - self.blocks.len()) as f64
    }

    fn data_fault(&self) -> f64 {
        let activation = match self.activation.as_str() {
            "gelu" => 0.0,
            "relu" => 0.01,
            _ => 0.04,
        };
        activation + 0.01 * f64::from(self.augmentation.abs_diff(3)) + 0.01 * (f64::from(self.batch).log2() - 6.0).abs()
    }

    /// Per epoch. What regularises is slow: of two configs as good, the one with more of it is behind at first.
    fn pace(&self) -> f64 {
        let dropout = self.blocks.iter().filter(|block| matches!(block, Block::Dense { dropout: Some(_), .. })).count();
        let slow = 0.03 * f64::from(self.augmentation) + 0.04 * dropout as f64;
        let fast = 0.06 * (self.learning_rate.log10() + 4.0) + if self.norm { 0.1 } else { 0.0 };
        (0.25 + fast - slow).max(0.08)
    }
}
