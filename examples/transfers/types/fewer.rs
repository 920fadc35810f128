//! The type when it had two thirds of its actions.

use transfer_nas::prelude::*;

use crate::meaning::{BATCHES, BETAS, DROPOUTS, MOMENTA, Meaning, Meant, RATES, SMOOTHINGS, Site, layers, place};

/// How a network is built and trained.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Training {
    #[space(choices = [0.003, 0.01, 0.03])]
    rate: f64,
    #[space(choices = [16, 32, 64])]
    batch: u32,
    #[space(choices = [0.0, 0.2])]
    dropout: f64,
    activation: Activation,
    schedule: Schedule,
    optimizer: Optimizer,
    #[space(len = 1..=2, choices = [32, 64])]
    widths: Vec<u32>,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Activation {
    Relu,
    Gelu,
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Schedule {
    Constant,
    Steps,
}

#[search_space]
#[derive(Debug, Clone, PartialEq)]
enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.9])]
        momentum: f64,
    },
    Adam {
        #[space(choices = [0.9, 0.99])]
        beta: f64,
        decay: Decay,
    },
    Lion {
        #[space(choices = [0.9, 0.99])]
        beta: f64,
        decay: Decay,
    },
    RmsProp {
        #[space(choices = [0.9, 0.95])]
        smoothing: f64,
    },
}

#[search_space]
#[derive(Debug, Clone, Copy, PartialEq)]
enum Decay {
    Off,
    Coupled,
}

impl Optimizer {
    fn decisions(&self) -> Vec<(Site, usize)> {
        let averaging = |optimizer, beta: &f64, decay: Decay| {
            vec![(Site::Optimizer, optimizer), (Site::Beta, place(&BETAS, beta)), (Site::Decay, decay as usize)]
        };
        match self {
            Self::Sgd { momentum } => vec![(Site::Optimizer, 0), (Site::Momentum, place(&MOMENTA, momentum))],
            Self::Adam { beta, decay } => averaging(1, beta, *decay),
            Self::Lion { beta, decay } => averaging(2, beta, *decay),
            Self::RmsProp { smoothing } => {
                vec![(Site::Optimizer, 3), (Site::Smoothing, place(&SMOOTHINGS, smoothing))]
            }
        }
    }
}

impl Meant for Training {
    fn meaning(&self) -> Meaning {
        let activation = match self.activation {
            Activation::Relu => 0,
            Activation::Gelu => 2,
        };
        let schedule = match self.schedule {
            Schedule::Constant => 0,
            Schedule::Steps => 2,
        };
        let own = [
            (Site::Rate, place(&RATES, &self.rate)),
            (Site::Batch, place(&BATCHES, &self.batch)),
            (Site::Dropout, place(&DROPOUTS, &self.dropout)),
            (Site::Activation, activation),
            (Site::Schedule, schedule),
        ];
        Meaning::of(own.into_iter().chain(self.optimizer.decisions()).chain(layers(&self.widths)))
    }
}
