//! Programs that evaluate trials: what they are told, what they answer, and that none is left behind.
#![cfg(unix)]

mod contract;
mod disturbed;
mod endings;
mod place;

use serde::{Deserialize, Serialize};
use transfer_nas::search_space;

/// A space with names of all kinds, whose configs serde reads and writes.
#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Net {
    #[space(len = 1..=3)]
    pub(crate) layers: Vec<Layer>,
    pub(crate) optimizer: Optimizer,
    #[space(range = 1..=100)]
    pub(crate) quality: u32,
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Layer {
    #[space(choices = [16, 32, 64])]
    pub(crate) width: u32,
    pub(crate) is_gated: bool,
}

#[search_space]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Optimizer {
    Sgd {
        #[space(choices = [0.0, 0.9])]
        momentum: f64,
    },
    Adam,
}
