//! What is searched: how a network is built and trained.

use burn::nn::activation::ActivationConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamWConfig, ModuleOptimizer, SgdConfig};
use transfer_nas::prelude::*;

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The widths of the hidden layers.
    #[space(len = 1..=3, choices = [16, 32, 64, 128])]
    pub layers: Vec<usize>,
    pub activation: Activation,
    #[space(choices = [0.0, 0.1, 0.2, 0.4])]
    pub dropout: f64,
    pub optimizer: Optimizer,
    #[space(range = 1e-4..=1e-1, bins = 13, log)]
    pub learning_rate: f64,
    #[space(choices = [16, 32, 64, 128])]
    pub batch: usize,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    Relu,
    Gelu,
    Tanh,
}

/// Each optimizer has settings of its own, which are searched only where it is taken.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.5, 0.9])]
        momentum: f64,
        nesterov: bool,
    },
    AdamW {
        #[space(choices = [0.0, 1e-4, 1e-2, 1e-1])]
        weight_decay: f32,
    },
}

/// Where many begin: one hidden layer, and the settings that burn has for its optimizer.
impl Default for Config {
    fn default() -> Self {
        Self {
            layers: vec![64],
            activation: Activation::Relu,
            dropout: 0.0,
            optimizer: Optimizer::AdamW { weight_decay: 1e-4 },
            learning_rate: 1e-3,
            batch: 32,
        }
    }
}

impl From<Activation> for ActivationConfig {
    fn from(activation: Activation) -> Self {
        match activation {
            Activation::Relu => Self::Relu,
            Activation::Gelu => Self::Gelu,
            Activation::Tanh => Self::Tanh,
        }
    }
}

impl Optimizer {
    /// What burn has for it.
    pub fn init(&self) -> ModuleOptimizer {
        match *self {
            Self::Sgd { momentum, nesterov } => {
                let momentum =
                    MomentumConfig::new().with_momentum(momentum).with_dampening(0.0).with_nesterov(nesterov);
                SgdConfig::new().with_momentum(Some(momentum)).init()
            }
            Self::AdamW { weight_decay } => AdamWConfig::new().with_weight_decay(weight_decay).init(),
        }
    }
}

#[cfg(test)]
mod tests {
    use transfer_nas::study::Study;

    use super::Config;

    #[test]
    fn the_default_is_in_the_space() {
        let mut study = Study::in_memory().trials(1).build::<Config>().unwrap();
        study.enqueue_once(Config::default()).unwrap();
        assert_eq!(study.ask().unwrap().unwrap().config(), &Config::default());
    }
}
