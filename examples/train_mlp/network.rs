//! A network with as many layers, and as wide ones, as the config says.

use dfdx::prelude::*;

use super::data::{CLASSES, Digits, PIXELS};
use super::recipe::{Activation, Recipe};

/// A matrix whose shape is known at run time.
pub(crate) type Matrix<T = NoneTape> = Tensor<(usize, usize), f32, Cpu, T>;

/// A linear map.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) weight: Matrix,
    pub(crate) bias: Tensor<(usize,), f32, Cpu>,
}

/// Linear maps with an activation between them.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    device: Cpu,
    activation: Activation,
    dropout: f32,
    pub(crate) layers: Vec<Layer>,
}

impl Network {
    /// Weights after He et al. 2015, drawn by the device, and no bias.
    pub(crate) fn new(recipe: &Recipe, device: &Cpu) -> Result<Self, CpuError> {
        let inputs = [PIXELS].into_iter().chain(recipe.hidden.iter().copied());
        let outputs = recipe.hidden.iter().copied().chain([CLASSES]);
        let layer = |(inputs, outputs): (usize, usize)| {
            let scale = (2.0 / inputs as f32).sqrt();
            let weight = device.sample_normal_like(&(inputs, outputs)).try_mul(scale)?;
            Ok(Layer { weight, bias: device.try_zeros_like(&(outputs,))? })
        };
        let layers = inputs.zip(outputs).map(layer).collect::<Result<_, CpuError>>()?;
        let Recipe { activation, dropout, .. } = *recipe;
        Ok(Self { device: device.clone(), activation, dropout: dropout as f32, layers })
    }

    /// Images as rows.
    pub(crate) fn images(&self, digits: &Digits) -> Result<Matrix, CpuError> {
        self.device.try_tensor_from_vec(digits.pixels.clone(), (digits.len(), PIXELS))
    }

    /// The mean cross-entropy of some digits, to be led back.
    pub(crate) fn loss(&self, digits: &Digits) -> Result<Tensor<Rank0, f32, Cpu, OwnedTape<f32, Cpu>>, CpuError> {
        let logits = self.forward(self.images(digits)?.leaky_traced(), self.dropout)?;
        let mut targets = vec![0.0; digits.len() * CLASSES];
        for (row, label) in digits.labels.iter().enumerate() {
            targets[row * CLASSES + label] = 1.0;
        }
        let targets = self.device.try_tensor_from_vec(targets, (digits.len(), CLASSES))?;
        Ok(cross_entropy_with_logits_loss(logits, targets))
    }

    /// The share of some digits that the network tells.
    pub(crate) fn accuracy(&self, digits: &Digits) -> Result<f64, CpuError> {
        let logits = self.forward(self.images(digits)?, 0.0)?.as_vec();
        let told =
            |(row, label): (&[f32], &usize)| row.iter().enumerate().all(|(i, x)| i == *label || *x < row[*label]);
        let right = logits.chunks(CLASSES).zip(&digits.labels).filter(|pair| told(*pair)).count();
        Ok(right as f64 / digits.len().max(1) as f64)
    }

    fn forward<T: Tape<f32, Cpu>>(&self, images: Matrix<T>, dropout: f32) -> Result<Matrix<T>, CpuError> {
        let mut state = images;
        for (i, Layer { weight, bias }) in self.layers.iter().enumerate() {
            if i > 0 {
                state = self.activate(state)?;
                if dropout > 0.0 {
                    state = state.try_dropout(dropout)?;
                }
            }
            state = state.try_matmul(weight.clone())?;
            let shape = *state.shape();
            state = state.try_add(bias.retaped::<T>().try_broadcast_like::<_, Axis<0>>(&shape)?)?;
        }
        Ok(state)
    }

    fn activate<T: Tape<f32, Cpu>>(&self, state: Matrix<T>) -> Result<Matrix<T>, CpuError> {
        match self.activation {
            Activation::Relu => state.try_relu(),
            Activation::Tanh => state.try_tanh(),
            Activation::Gelu => state.try_fast_gelu(),
        }
    }
}
