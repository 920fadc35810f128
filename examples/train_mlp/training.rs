//! The training of one network.

use dfdx::prelude::*;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_pcg::Pcg64;

use super::data::Digits;
use super::network::Network;
use super::optimizer::Optimizer;
use super::recipe::Recipe;

/// A network on its way.
#[derive(Debug)]
pub(crate) struct Training {
    network: Network,
    optimizer: Optimizer,
    batch: usize,
    epochs: u32,
    order: Pcg64,
}

/// Why a training came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrainError {
    /// The steps were too long.
    #[error("the loss is {loss} in epoch {epoch}: the training has diverged")]
    Diverged { epoch: u32, loss: f32 },
    /// dfdx could not go on.
    #[error("a tensor could not be made: {0}")]
    Tensor(#[from] CpuError),
}

impl Training {
    /// A network that has learned nothing yet. The seed is that of its weights, of dropout and of the order of the images.
    pub(crate) fn new(recipe: &Recipe, seed: u64) -> Result<Self, TrainError> {
        let network = Network::new(recipe, &Cpu::seed_from_u64(seed))?;
        let (optimizer, order) = (Optimizer::new(recipe), Pcg64::seed_from_u64(seed));
        Ok(Self { network, optimizer, batch: recipe.batch.max(1), epochs: 0, order })
    }

    /// Sees all digits once, and gives the mean loss on the way.
    pub(crate) fn epoch(&mut self, digits: &Digits) -> Result<f64, TrainError> {
        self.epochs += 1;
        let mut order: Vec<usize> = (0..digits.len()).collect();
        order.shuffle(&mut self.order);
        let mut sum = 0.0;
        for batch in order.chunks(self.batch) {
            sum += f64::from(self.step(&digits.pick(batch))?) * batch.len() as f64;
        }
        Ok(sum / digits.len().max(1) as f64)
    }

    /// The share of some digits that the network tells.
    pub(crate) fn accuracy(&self, digits: &Digits) -> Result<f64, TrainError> {
        Ok(self.network.accuracy(digits)?)
    }

    fn step(&mut self, batch: &Digits) -> Result<f32, TrainError> {
        let loss = self.network.loss(batch)?;
        let value = loss.array();
        if !value.is_finite() {
            return Err(TrainError::Diverged { epoch: self.epochs, loss: value });
        }
        self.optimizer.step(&mut self.network, &mut loss.try_backward()?)?;
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Split;
    use crate::recipe::{Activation, Rule, Trainable};
    use crate::{v1, v2};

    fn recipe(rule: Rule, learning_rate: f64) -> Recipe {
        let activation = Activation::Tanh;
        Recipe { rule, learning_rate, hidden: vec![16, 8], activation, weight_decay: None, batch: 32, dropout: 0.0 }
    }

    #[test]
    fn a_step_against_the_gradient_reduces_the_loss() {
        let split = Split::load().unwrap();
        let batch = split.train.pick(&(0..64).collect::<Vec<_>>());
        let mut training = Training::new(&recipe(Rule::Sgd { momentum: 0.0, nesterov: false }, 0.05), 3).unwrap();
        let losses: Vec<f32> = (0..5).map(|_| training.step(&batch).unwrap()).collect();
        assert!(losses.is_sorted_by(|a, b| a > b), "{losses:?}");
    }

    #[test]
    fn every_parameter_has_the_gradient_of_the_loss() {
        let split = Split::load().unwrap();
        let batch = split.train.pick(&[0, 1, 2, 3]);
        let network = Network::new(&recipe(Rule::Adam { beta2: 0.9 }, 0.1), &Cpu::seed_from_u64(1)).unwrap();
        let gradients = network.loss(&batch).unwrap().backward();
        for (i, layer) in network.layers.iter().enumerate() {
            let (at, gradient) = steepest(&gradients.get(&layer.weight).as_vec());
            check(gradient, |by| nudge(&mut network.clone(), &batch, |n| moved(&mut n.layers[i].weight, at, by)));
            let (at, gradient) = steepest(&gradients.get(&layer.bias).as_vec());
            check(gradient, |by| nudge(&mut network.clone(), &batch, |n| moved(&mut n.layers[i].bias, at, by)));
        }
    }

    /// The greatest of some numbers by size, and where it is.
    fn steepest(gradient: &[f32]) -> (usize, f32) {
        gradient.iter().copied().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).unwrap()
    }

    fn check(gradient: f32, loss: impl Fn(f32) -> f32) {
        let slope = (loss(5e-3) - loss(-5e-3)) / 1e-2;
        assert!((slope - gradient).abs() < 2e-3, "{slope} instead of {gradient}");
    }

    fn nudge(network: &mut Network, batch: &Digits, nudge: impl Fn(&mut Network)) -> f32 {
        nudge(network);
        network.loss(batch).unwrap().array()
    }

    fn moved<S: Shape>(tensor: &mut Tensor<S, f32, Cpu>, at: usize, by: f32) {
        let mut values = tensor.as_vec();
        values[at] += by;
        tensor.copy_from(&values);
    }

    #[test]
    fn the_digits_can_be_learned() {
        let split = Split::load().unwrap();
        let mut training = Training::new(&recipe(Rule::Adam { beta2: 0.999 }, 0.01), 7).unwrap();
        let before = training.accuracy(&split.validation).unwrap();
        for _ in 0..5 {
            training.epoch(&split.train).unwrap();
        }
        let after = training.accuracy(&split.validation).unwrap();
        assert!(before < 0.3 && after > 0.85, "{before} and {after}");
    }

    #[test]
    fn a_training_that_diverges_says_so() {
        let split = Split::load().unwrap();
        let steep = recipe(Rule::Sgd { momentum: 0.9, nesterov: false }, 1e30);
        let mut training = Training::new(&Recipe { activation: Activation::Relu, ..steep }, 7).unwrap();
        let error = training.epoch(&split.train).unwrap_err();
        assert!(matches!(error, TrainError::Diverged { epoch: 1, .. }), "{error}");
    }

    #[test]
    fn the_seed_decides_everything() {
        let split = Split::load().unwrap();
        let run = |seed| {
            let recipe = Recipe { dropout: 0.3, ..recipe(Rule::Adam { beta2: 0.9 }, 0.01) };
            Training::new(&recipe, seed).unwrap().epoch(&split.train).unwrap().to_bits()
        };
        assert_eq!(run(1), run(1));
        assert_ne!(run(1), run(2));
    }

    /// Trains what 25 seeds draw. Long steps may diverge; nothing else may go wrong.
    fn train_samples<T: Trainable>() {
        let split = Split::load().unwrap();
        let digits = split.train.pick(&(0..256).collect::<Vec<_>>());
        for seed in 0..25 {
            let config = T::sample_uniform(&mut Pcg64::seed_from_u64(seed)).unwrap();
            match Training::new(&config.recipe(), seed).unwrap().epoch(&digits) {
                Ok(loss) => assert!(loss.is_finite()),
                Err(TrainError::Diverged { .. }) => assert!(config.recipe().learning_rate > 0.05, "{config:?}"),
                Err(error) => panic!("{config:?}: {error}"),
            }
        }
    }

    #[test]
    fn configs_of_both_versions_can_be_trained() {
        train_samples::<v1::TrainConfig>();
        train_samples::<v2::TrainConfig>();
    }
}
