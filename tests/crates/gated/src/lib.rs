//! A space with fields, variants and keys that are there only with a feature, some of them of an optional dependency.

use transfer_nas::prelude::*;

/// What is searched.
#[search_space]
#[derive(Debug, Clone, PartialEq)]
pub struct Training {
    /// How wide layers are.
    #[space(choices = [16, 32])]
    pub width: u32,
    /// How many things are done at once.
    #[cfg(feature = "gpu")]
    #[space(range = 1..=4)]
    pub streams: u32,
    /// How many examples are used together.
    #[cfg_attr(not(feature = "gpu"), space(choices = [8, 16]))]
    #[cfg_attr(feature = "gpu", space(choices = [8, 16, 1024]))]
    pub batch: u32,
    /// What a layer is.
    pub layer: Layer,
}

/// What a layer is.
#[derive(Debug, Clone, PartialEq, SearchSpace)]
pub enum Layer {
    /// A layer made by hand.
    Plain,
    /// A layer of another crate.
    #[cfg(feature = "gpu")]
    Fused(shared_space::Dense),
    /// A layer with a setting that the feature replaces.
    Tuned {
        /// The slope where numbers are exact.
        #[cfg(not(feature = "gpu"))]
        #[space(choices = [0.01, 0.1])]
        slope: f64,
        /// Whether there is a bias.
        bias: bool,
    },
}
