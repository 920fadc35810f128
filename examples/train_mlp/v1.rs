//! The config that is searched first.

use transfer_nas::prelude::*;

use super::recipe::{Activation, Recipe, Rule, Trainable};

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrainConfig {
    optimizer: Optimizer,
    #[space(range = 0.0003..=0.3, bins = 7, log)]
    learning_rate: f64,
    #[space(len = 1..=3, choices = [8, 16, 32, 64])]
    layers: Vec<usize>,
    activation: Activation,
    #[space(range = 0.0001..=0.1, bins = 4, log)]
    weight_decay: Option<f64>,
    #[space(pow2 = 16..=128)]
    batch: usize,
}

/// Each with settings of its own, which are decided only where it is taken.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.5, 0.9])]
        momentum: f64,
        nesterov: bool,
    },
    Adam {
        #[space(choices = [0.9, 0.99, 0.999])]
        beta2: f64,
    },
    RmsProp {
        #[space(choices = [0.9, 0.99])]
        decay: f64,
        centered: bool,
    },
}

impl Trainable for TrainConfig {
    fn recipe(&self) -> Recipe {
        let Self { optimizer, learning_rate, layers, activation, weight_decay, batch } = self.clone();
        let rule = match optimizer {
            Optimizer::Sgd { momentum, nesterov } => Rule::Sgd { momentum, nesterov },
            Optimizer::Adam { beta2 } => Rule::Adam { beta2 },
            Optimizer::RmsProp { decay, centered } => Rule::RmsProp { decay, centered },
        };
        Recipe { rule, learning_rate, hidden: layers, activation, weight_decay, batch, dropout: 0.0 }
    }
}
