//! The network that a config describes.

use burn::module::Module;
use burn::nn::activation::{Activation, ActivationConfig};
use burn::nn::{Dropout, DropoutConfig, Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::config::Config;
use crate::digits::{CLASSES, Digit, PIXELS};

/// Linear layers, with an activation and dropout after each but the last.
#[derive(Debug, Module)]
pub struct Network {
    hidden: Vec<Linear>,
    activation: Activation,
    dropout: Dropout,
    last: Linear,
}

impl Network {
    /// A network with random weights.
    pub fn new(config: &Config, device: &Device) -> Self {
        let widths = || std::iter::once(PIXELS).chain(config.layers.iter().copied());
        let linear = |(inputs, outputs)| LinearConfig::new(inputs, outputs).init(device);
        Self {
            hidden: widths().zip(widths().skip(1)).map(linear).collect(),
            activation: ActivationConfig::from(config.activation).init(device),
            dropout: DropoutConfig::new(config.dropout).init(),
            last: linear((widths().last().unwrap_or(PIXELS), CLASSES)),
        }
    }

    /// From pixels, `[images, 64]`, to a score for each digit, `[images, 10]`.
    pub fn forward(&self, pixels: Tensor<2>) -> Tensor<2> {
        let step = |input, layer: &Linear| self.dropout.forward(self.activation.forward(layer.forward(input)));
        self.last.forward(self.hidden.iter().fold(pixels, step))
    }

    /// The share of the images that it tells right.
    pub fn accuracy(&self, digits: &[Digit], device: &Device) -> f64 {
        let (pixels, labels) = batch(digits.iter(), device);
        let told = self.forward(pixels).argmax(1).flatten::<1>(0, 1);
        f64::from(told.equal(labels).float().mean().into_scalar::<f32>())
    }
}

/// Images as tensors: pixels, `[images, 64]`, and labels, `[images]`.
pub fn batch<'a>(digits: impl Iterator<Item = &'a Digit> + Clone, device: &Device) -> (Tensor<2>, Tensor<1, Int>) {
    let pixels: Vec<f32> = digits.clone().flat_map(|digit| digit.pixels).collect();
    let labels: Vec<i32> = digits.map(|digit| digit.label).collect();
    let count = labels.len();
    let pixels = Tensor::from_data(TensorData::new(pixels, [count, PIXELS]), device);
    (pixels, Tensor::from_data(TensorData::new(labels, [count]), device))
}
