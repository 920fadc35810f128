//! Two versions of a training config, and what both mean: the story that docs/transfer.md tells.

pub(crate) mod v1 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Training {
        #[space(choices = [8, 16, 32, 64, 128])]
        pub(crate) width: u32,
        #[space(len = 1..=4)]
        pub(crate) blocks: Vec<Block>,
        pub(crate) optimizer: Optimizer,
        #[space(choices = [0.0, 0.1, 0.3, 0.5])]
        pub(crate) dropout: f64,
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Block {
        Conv {
            #[space(choices = [1, 3, 5])]
            kernel: u32,
        },
        Attention,
        Identity,
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Optimizer {
        Sgd {
            #[space(choices = [0.0, 0.9])]
            momentum: f64,
            #[space(choices = [0.001, 0.01, 0.1])]
            rate: f64,
        },
        Adam {
            #[space(choices = [0.0001, 0.001, 0.01])]
            rate: f64,
        },
    }
}

pub(crate) mod v2 {
    use transfer_nas::prelude::*;

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Optimizer {
        Lion, // new
        Adam {
            #[space(choices = [0.01, 0.001, 0.0001])]
            rate: f64,
        },
        Sgd {
            #[space(choices = [0.1, 0.01, 0.001])]
            rate: f64,
            #[space(choices = [0.9, 0.0])]
            momentum: f64,
        },
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) enum Block {
        Identity,
        Attention,
        Conv {
            #[space(choices = [5, 3, 1])]
            kernel: u32,
        },
    }

    #[search_space]
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Training {
        pub(crate) optimizer: Optimizer,
        #[space(choices = [0.5, 0.3, 0.1, 0.0])]
        pub(crate) dropout: f64,
        #[space(choices = [16, 32, 64, 128], alias = "width")] // renamed, and without 8
        pub(crate) units: u32,
        #[space(len = 1..=4)]
        pub(crate) blocks: Vec<Block>,
    }
}

/// What both versions mean.
pub(crate) struct Meaning {
    pub(crate) width: u32,
    /// The kernel of each convolution, 7 for attention, 0 for nothing.
    pub(crate) blocks: Vec<u32>,
    /// The optimizer's name, its rate, its momentum.
    pub(crate) optimizer: (&'static str, f64, f64),
    pub(crate) dropout: f64,
}

impl From<&v1::Training> for Meaning {
    fn from(training: &v1::Training) -> Self {
        use v1::{Block, Optimizer};
        let block = |block: &Block| match block {
            Block::Conv { kernel } => *kernel,
            Block::Attention => 7,
            Block::Identity => 0,
        };
        let optimizer = match training.optimizer {
            Optimizer::Sgd { momentum, rate } => ("sgd", rate, momentum),
            Optimizer::Adam { rate } => ("adam", rate, 0.0),
        };
        let blocks = training.blocks.iter().map(block).collect();
        Self { width: training.width, blocks, optimizer, dropout: training.dropout }
    }
}

impl From<&v2::Training> for Meaning {
    fn from(training: &v2::Training) -> Self {
        use v2::{Block, Optimizer};
        let block = |block: &Block| match block {
            Block::Conv { kernel } => *kernel,
            Block::Attention => 7,
            Block::Identity => 0,
        };
        let optimizer = match training.optimizer {
            Optimizer::Sgd { momentum, rate } => ("sgd", rate, momentum),
            Optimizer::Adam { rate } => ("adam", rate, 0.0),
            Optimizer::Lion => ("lion", 0.001, 0.0),
        };
        let blocks = training.blocks.iter().map(block).collect();
        Self { width: training.units, blocks, optimizer, dropout: training.dropout }
    }
}

/// A made-up accuracy with conditions in it: momentum pays at a middle rate only, attention pays after a convolution, wide
/// nets want dropout. The best is 1.
pub(crate) fn accuracy(of: &Meaning) -> f64 {
    let optimizer = match of.optimizer {
        ("sgd", rate, momentum) if momentum > 0.0 => {
            if (rate - 0.01).abs() < 1e-9 {
                0.3
            } else {
                0.1
            }
        }
        ("adam", rate, _) => {
            if (rate - 0.001).abs() < 1e-9 {
                0.2
            } else {
                0.1
            }
        }
        ("lion", ..) => 0.15,
        _ => 0.05,
    };
    let width = match (of.width, of.dropout) {
        (64, dropout) if (dropout - 0.3).abs() < 1e-9 => 0.3,
        (64 | 128, dropout) if dropout > 0.0 => 0.2,
        (32, _) => 0.15,
        _ => 0.05,
    };
    let after = |pair: &[u32]| if pair[1] == 7 && (pair[0] == 3 || pair[0] == 5) { 0.1 } else { 0.0 };
    let first = if of.blocks.first() == Some(&3) { 0.1 } else { 0.0 };
    let attention: f64 = of.blocks.windows(2).map(after).sum();
    let depth = if of.blocks.len() == 4 { 0.1 } else { 0.0 };
    optimizer + width + first + attention + depth
}
