//! The config a month later: `layers` is called `hidden` and may be wider, `AdamW` and dropout are new, and the fields have
//! another order. The types keep their names, as types do that are edited in place.

use transfer_nas::prelude::*;

use super::recipe::{Activation, Recipe, Rule, Trainable};

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TrainConfig {
    activation: Activation,
    #[space(len = 1..=3, choices = [16, 32, 64, 128], alias = "layers")]
    hidden: Vec<usize>,
    #[space(choices = [0.0, 0.1, 0.3])]
    dropout: f64,
    optimizer: Optimizer,
    #[space(range = 0.0003..=0.3, bins = 7, log)]
    learning_rate: f64,
    #[space(range = 0.0001..=0.1, bins = 4, log)]
    weight_decay: Option<f64>,
    #[space(pow2 = 16..=128)]
    batch: usize,
}

/// Each with settings of its own.
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
    AdamW {
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
        let Self { optimizer, learning_rate, hidden, activation, weight_decay, batch, dropout } = self.clone();
        let rule = match optimizer {
            Optimizer::Sgd { momentum, nesterov } => Rule::Sgd { momentum, nesterov },
            Optimizer::Adam { beta2 } => Rule::Adam { beta2 },
            Optimizer::AdamW { beta2 } => Rule::AdamW { beta2 },
            Optimizer::RmsProp { decay, centered } => Rule::RmsProp { decay, centered },
        };
        Recipe { rule, learning_rate, hidden, activation, weight_decay, batch, dropout }
    }
}
