//! The type after gradients were clipped, and the schedule was gone: 288,000 configs.

use transfer_nas::prelude::*;

use super::whole::{Activation, Optimizer};
use crate::meaning::{BATCHES, CLIPS, DROPOUTS, Meaning, Meant, RATES, Site, layers, place};

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
    #[space(choices = [0.1, 0.3, 1.0, 3.0])]
    clip: f64,
    optimizer: Optimizer,
    #[space(len = 1..=2, choices = [32, 64, 128])]
    widths: Vec<u32>,
}

impl Meant for Training {
    fn meaning(&self) -> Meaning {
        let own = [
            (Site::Rate, place(&RATES, &self.rate)),
            (Site::Batch, place(&BATCHES, &self.batch)),
            (Site::Dropout, place(&DROPOUTS, &self.dropout)),
            (Site::Activation, self.activation as usize),
            (Site::Clip, place(&CLIPS, &self.clip)),
        ];
        Meaning::of(own.into_iter().chain(self.optimizer.decisions()).chain(layers(&self.widths)))
    }
}
