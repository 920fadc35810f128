//! The type that most cases search: 216,000 configs.

use transfer_nas::prelude::*;

use crate::meaning::{BATCHES, BETAS, DROPOUTS, MOMENTA, Meaning, Meant, RATES, SMOOTHINGS, Site, layers, place};

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Training {
    #[space(choices = [0.001, 0.003, 0.01, 0.03, 0.1])]
    rate: f64,
    #[space(choices = [16, 32, 64, 128])]
    batch: u32,
    #[space(choices = [0.0, 0.2, 0.4])]
    dropout: f64,
    activation: Activation,
    schedule: Schedule,
    optimizer: Optimizer,
    #[space(len = 1..=2, choices = [32, 64, 128])]
    widths: Vec<u32>,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Activation {
    Relu,
    Tanh,
    Gelu,
    Silu,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Schedule {
    Constant,
    Cosine,
    Steps,
}

/// Two of them have fields of the same names and types.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.5, 0.9, 0.99])]
        momentum: f64,
    },
    Adam {
        #[space(choices = [0.9, 0.95, 0.99])]
        beta: f64,
        decay: Decay,
    },
    Lion {
        #[space(choices = [0.9, 0.95, 0.99])]
        beta: f64,
        decay: Decay,
    },
    RmsProp {
        #[space(choices = [0.9, 0.95, 0.99])]
        smoothing: f64,
    },
}

/// How weights decay.
#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Decay {
    Off,
    Coupled,
    Decoupled,
}

impl Optimizer {
    pub(crate) fn decisions(&self) -> Vec<(Site, usize)> {
        match self {
            Self::Sgd { momentum } => vec![(Site::Optimizer, 0), (Site::Momentum, place(&MOMENTA, momentum))],
            Self::Adam { beta, decay } => averaging(1, *beta, *decay),
            Self::Lion { beta, decay } => averaging(2, *beta, *decay),
            Self::RmsProp { smoothing } => {
                vec![(Site::Optimizer, 3), (Site::Smoothing, place(&SMOOTHINGS, smoothing))]
            }
        }
    }
}

/// What an optimizer means that has a beta and a decay.
pub(crate) fn averaging(optimizer: usize, beta: f64, decay: Decay) -> Vec<(Site, usize)> {
    vec![(Site::Optimizer, optimizer), (Site::Beta, place(&BETAS, &beta)), (Site::Decay, decay as usize)]
}

impl Meant for Training {
    fn meaning(&self) -> Meaning {
        let own = [
            (Site::Rate, place(&RATES, &self.rate)),
            (Site::Batch, place(&BATCHES, &self.batch)),
            (Site::Dropout, place(&DROPOUTS, &self.dropout)),
            (Site::Activation, self.activation as usize),
            (Site::Schedule, self.schedule as usize),
        ];
        Meaning::of(own.into_iter().chain(self.optimizer.decisions()).chain(layers(&self.widths)))
    }
}
