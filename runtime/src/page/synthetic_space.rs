//! A space as large as people search over, for the tests.

use crate::search_space;

#[search_space]
#[derive(Debug)]
pub(super) struct Training {
    model: Model,
    #[space(len = 1..=3)]
    blocks: Vec<Block>,
    head: Head,
    optimizer: Optimizer,
    schedule: Schedule,
    augmentation: Augmentation,
}

#[search_space]
#[derive(Debug)]
pub(super) enum Model {
    Convolution {
        #[space(range = 1..=5)]
        stages: u32,
        #[space(choices = [1, 3, 5, 7])]
        kernel: u32,
        pooling: Pooling,
        #[space(choices = [1, 2, 4, 8])]
        groups: u32,
        squeeze_excitation: bool,
    },
    Transformer {
        #[space(choices = [2, 4, 6, 8, 10, 12])]
        layers: u32,
        #[space(choices = [1, 2, 4, 8])]
        heads: u32,
        #[space(choices = [1, 2, 4])]
        feed_forward_multiplier: u32,
        position: Position,
        pre_normalization: bool,
    },
    Dense {
        #[space(range = 1..=3)]
        hidden_layers: u32,
        #[space(choices = [32, 64, 128, 256, 512, 1024])]
        units: u32,
    },
}

#[search_space]
#[derive(Debug)]
pub(super) enum Pooling {
    Max,
    Average,
    Strided,
}

#[search_space]
#[derive(Debug)]
pub(super) enum Position {
    Learned,
    Rotary,
    Sinusoidal,
}

#[search_space]
#[derive(Debug)]
pub(super) struct Block {
    #[space(choices = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512])]
    width: u32,
    #[space(choices = ["relu", "gelu", "silu", "tanh"])]
    activation: &'static str,
    #[space(choices = ["batch", "layer", "group", "none"])]
    normalization: &'static str,
    residual: bool,
}

#[search_space]
#[derive(Debug)]
pub(super) struct Head {
    #[space(choices = ["mean", "max", "attention"])]
    pooling: &'static str,
    #[space(choices = [0.1, 0.2, 0.3, 0.4, 0.5])]
    dropout: Option<f32>,
}

#[search_space]
#[derive(Debug)]
pub(super) enum Optimizer {
    Sgd {
        #[space(choices = [0.8, 0.9, 0.95, 0.99])]
        momentum: f32,
        nesterov: bool,
    },
    AdamW {
        #[space(choices = [0.95, 0.98, 0.99, 0.999])]
        beta2: f32,
    },
    Lion,
}

#[search_space]
#[derive(Debug)]
pub(super) struct Schedule {
    #[space(choices = [
        1e-5, 2e-5, 3e-5, 5e-5, 1e-4, 2e-4, 3e-4, 5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2, 2e-2, 3e-2, 5e-2, 0.1, 0.2
    ])]
    learning_rate: f64,
    #[space(choices = [16, 32, 64, 128, 256])]
    batch_size: u32,
    #[space(choices = [0, 100, 500, 1000])]
    warmup_steps: u32,
    #[space(choices = ["constant", "cosine", "linear", "step"])]
    shape: &'static str,
    #[space(choices = [0.0, 1e-4, 1e-3, 1e-2, 0.1])]
    weight_decay: f64,
    #[space(choices = [0.5, 1.0, 5.0])]
    gradient_clipping: Option<f32>,
    average_weights: bool,
}

#[search_space]
#[derive(Debug)]
pub(super) struct Augmentation {
    crop: bool,
    flip: bool,
    #[space(choices = [0.0, 0.1, 0.2, 0.4])]
    colour_jitter: f32,
    #[space(choices = [0.1, 0.2, 0.4, 0.8])]
    mixup: Option<f32>,
    #[space(choices = [0, 8, 16])]
    cutout: u32,
    #[space(choices = ["none", "RandAugment", "TrivialAugment"])]
    policy: &'static str,
}
