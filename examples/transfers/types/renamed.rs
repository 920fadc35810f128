//! The type under other names and in another order, and without `Tanh`: 162,000 configs.

use transfer_nas::prelude::*;

use crate::meaning::{BATCHES, BETAS, DROPOUTS, MOMENTA, Meaning, Meant, RATES, SMOOTHINGS, Site, layers, place};

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Training {
    #[space(len = 1..=2, choices = [128, 64, 32], alias = "widths")]
    hidden: Vec<u32>,
    #[space(alias = "optimizer")]
    rule: Rule,
    #[space(alias = "activation")]
    nonlinearity: Nonlinearity,
    #[space(choices = [0.0, 0.2, 0.4])]
    dropout: f64,
    schedule: Schedule,
    #[space(choices = [128, 64, 32, 16], alias = "batch")]
    batch_size: u32,
    #[space(choices = [0.001, 0.003, 0.01, 0.03, 0.1], alias = "rate")]
    learning_rate: f64,
}

#[search_space(alias = "Activation")]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Nonlinearity {
    #[space(alias = "Silu")]
    Swish,
    Gelu,
    Relu,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Schedule {
    #[space(alias = "Steps")]
    Staircase,
    #[space(alias = "Constant")]
    Flat,
    Cosine,
}

#[search_space(alias = "Optimizer")]
#[derive(Debug, Clone, PartialEq)]
enum Rule {
    RmsProp {
        #[space(choices = [0.9, 0.95, 0.99], alias = "smoothing")]
        rho: f64,
    },
    #[space(alias = "Adam")]
    AdaptiveMoments {
        decay: Decay,
        #[space(choices = [0.9, 0.95, 0.99], alias = "beta")]
        beta1: f64,
    },
    #[space(alias = "Sgd")]
    GradientDescent {
        #[space(choices = [0.99, 0.9, 0.5, 0.0])]
        momentum: f64,
    },
    Lion {
        decay: Decay,
        #[space(choices = [0.9, 0.95, 0.99], alias = "beta")]
        beta1: f64,
    },
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Decay {
    Decoupled,
    #[space(alias = "Coupled")]
    L2,
    #[space(alias = "Off")]
    Zero,
}

impl Rule {
    fn decisions(&self) -> Vec<(Site, usize)> {
        let averaging = |optimizer, beta: &f64, decay: Decay| {
            vec![(Site::Optimizer, optimizer), (Site::Beta, place(&BETAS, beta)), (Site::Decay, decay.choice())]
        };
        match self {
            Self::GradientDescent { momentum } => {
                vec![(Site::Optimizer, 0), (Site::Momentum, place(&MOMENTA, momentum))]
            }
            Self::AdaptiveMoments { beta1, decay } => averaging(1, beta1, *decay),
            Self::Lion { beta1, decay } => averaging(2, beta1, *decay),
            Self::RmsProp { rho } => vec![(Site::Optimizer, 3), (Site::Smoothing, place(&SMOOTHINGS, rho))],
        }
    }
}

impl Decay {
    fn choice(self) -> usize {
        match self {
            Self::Zero => 0,
            Self::L2 => 1,
            Self::Decoupled => 2,
        }
    }
}

impl Meant for Training {
    fn meaning(&self) -> Meaning {
        let activation = match self.nonlinearity {
            Nonlinearity::Relu => 0,
            Nonlinearity::Gelu => 2,
            Nonlinearity::Swish => 3,
        };
        let schedule = match self.schedule {
            Schedule::Flat => 0,
            Schedule::Cosine => 1,
            Schedule::Staircase => 2,
        };
        let own = [
            (Site::Rate, place(&RATES, &self.learning_rate)),
            (Site::Batch, place(&BATCHES, &self.batch_size)),
            (Site::Dropout, place(&DROPOUTS, &self.dropout)),
            (Site::Activation, activation),
            (Site::Schedule, schedule),
        ];
        Meaning::of(own.into_iter().chain(self.rule.decisions()).chain(layers(&self.hidden)))
    }
}
