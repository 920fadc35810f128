//! The type before one of the optimizers was there: it has three.

use transfer_nas::prelude::*;

use super::whole::{Activation, Decay, Schedule, averaging};
use crate::meaning::{BATCHES, DROPOUTS, MOMENTA, Meaning, Meant, RATES, SMOOTHINGS, Site, layers, place};

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
    RmsProp {
        #[space(choices = [0.9, 0.95, 0.99])]
        smoothing: f64,
    },
}

impl Optimizer {
    fn decisions(&self) -> Vec<(Site, usize)> {
        match self {
            Self::Sgd { momentum } => vec![(Site::Optimizer, 0), (Site::Momentum, place(&MOMENTA, momentum))],
            Self::Adam { beta, decay } => averaging(1, *beta, *decay),
            Self::RmsProp { smoothing } => {
                vec![(Site::Optimizer, 3), (Site::Smoothing, place(&SMOOTHINGS, smoothing))]
            }
        }
    }
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
