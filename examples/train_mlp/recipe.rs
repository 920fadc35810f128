//! What the trainer needs to know, whichever version of the config says it.

use std::fmt::Debug;

use transfer_nas::prelude::*;

/// A config type that says how to train.
pub(crate) trait Trainable: SearchSpace + Debug + Send + 'static {
    /// In the terms of the trainer.
    fn recipe(&self) -> Recipe;
}

/// How one network is built and trained.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipe {
    pub(crate) rule: Rule,
    pub(crate) learning_rate: f64,
    /// The widths of the hidden layers.
    pub(crate) hidden: Vec<usize>,
    pub(crate) activation: Activation,
    pub(crate) weight_decay: Option<f64>,
    pub(crate) batch: usize,
    /// The share of hidden units that a training step leaves out.
    pub(crate) dropout: f64,
}

/// How gradients become steps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    Sgd {
        momentum: f64,
        nesterov: bool,
    },
    Adam {
        beta2: f64,
    },
    /// Adam whose weight decay does not pass through the gradient.
    AdamW {
        beta2: f64,
    },
    RmsProp {
        decay: f64,
        centered: bool,
    },
}

/// What follows a hidden layer; the same in both versions of the config.
#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Activation {
    Relu,
    Tanh,
    Gelu,
}
