//! From gradients to steps: dfdx's updates on tensors whose shapes are known at run time.

use dfdx::prelude::*;

use super::network::{Layer, Network};
use super::recipe::{Recipe, Rule};

/// A rule and what it remembers of earlier gradients.
#[derive(Debug)]
pub(crate) struct Optimizer {
    kernel: Kernel,
    step: i32,
    memories: [Gradients<f32, Cpu>; 3],
}

#[derive(Debug, Clone, Copy)]
enum Kernel {
    Sgd(SgdConfig),
    Adam(AdamConfig),
    RmsProp(RMSpropConfig),
}

impl Optimizer {
    pub(crate) fn new(recipe: &Recipe) -> Self {
        let memories = [Gradients::leaky(), Gradients::leaky(), Gradients::leaky()];
        Self { kernel: Kernel::new(recipe), step: 0, memories }
    }

    /// One step of all parameters.
    pub(crate) fn step(&mut self, network: &mut Network, gradients: &mut Gradients<f32, Cpu>) -> Result<(), CpuError> {
        self.step += 1;
        for Layer { weight, bias } in &mut network.layers {
            self.update(weight, gradients)?;
            self.update(bias, gradients)?;
        }
        Ok(())
    }

    fn update<S: Shape>(
        &mut self,
        tensor: &mut Tensor<S, f32, Cpu>,
        all: &mut Gradients<f32, Cpu>,
    ) -> Result<(), CpuError> {
        let gradient = &*all.get_or_alloc_mut(tensor)?;
        let [first, second, third] = &mut self.memories;
        let first = first.get_or_alloc_mut(tensor)?;
        match self.kernel {
            Kernel::Sgd(sgd) => sgd.try_update(tensor, first, gradient),
            Kernel::Adam(adam) => adam.try_update(self.step, tensor, first, second.get_or_alloc_mut(tensor)?, gradient),
            Kernel::RmsProp(rms) => {
                let (second, third) = (second.get_or_alloc_mut(tensor)?, third.get_or_alloc_mut(tensor)?);
                rms.try_update(tensor, first, second, third, gradient)
            }
        }
    }
}

impl Kernel {
    fn new(recipe: &Recipe) -> Self {
        let Recipe { learning_rate: lr, weight_decay, .. } = *recipe;
        let l2 = weight_decay.map(WeightDecay::L2);
        let adam = |beta2, weight_decay| AdamConfig { lr, betas: [0.9, beta2], eps: 1e-8, weight_decay };
        match recipe.rule {
            Rule::Sgd { momentum, nesterov } => {
                let momentum = if nesterov { Momentum::Nesterov(momentum) } else { Momentum::Classic(momentum) };
                Self::Sgd(SgdConfig { lr, momentum: Some(momentum), weight_decay: l2 })
            }
            Rule::Adam { beta2 } => Self::Adam(adam(beta2, l2)),
            Rule::AdamW { beta2 } => Self::Adam(adam(beta2, weight_decay.map(WeightDecay::Decoupled))),
            Rule::RmsProp { decay: alpha, centered } => {
                Self::RmsProp(RMSpropConfig { lr, alpha, eps: 1e-8, momentum: None, centered, weight_decay: l2 })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Activation;

    /// Where a parameter of 2 with the gradient 0.5, at rate 0.1 and decay 0.2, goes in each of two steps.
    fn steps(rule: Rule) -> [f32; 2] {
        let recipe = Recipe {
            rule,
            learning_rate: 0.1,
            hidden: Vec::new(),
            activation: Activation::Relu,
            weight_decay: Some(0.2),
            batch: 1,
            dropout: 0.0,
        };
        let device = Cpu::default();
        let mut parameter = device.tensor([2.0]);
        let mut optimizer = Optimizer::new(&recipe);
        [1, 2].map(|step| {
            let mut gradients = (parameter.leaky_trace() * 0.5).sum().backward();
            optimizer.step = step;
            optimizer.update(&mut parameter, &mut gradients).unwrap();
            parameter.array()[0]
        })
    }

    fn assert_close(actual: [f32; 2], expected: [f32; 2]) {
        let is_close = actual.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(is_close, "{actual:?} instead of {expected:?}");
    }

    #[test]
    fn sgd_takes_the_steps_on_paper() {
        // g = 0.5 + 0.2 · 2 = 0.9; v = 0.9; 2 − 0.1 · 0.9 = 1.91.
        // g = 0.5 + 0.2 · 1.91 = 0.882; v = 0.882 + 0.9 · 0.9 = 1.692; 1.91 − 0.1692.
        assert_close(steps(Rule::Sgd { momentum: 0.9, nesterov: false }), [1.91, 1.7408]);
        // The first one goes 0.1 · (0.9 + 0.9 · 0.9) = 0.171 to 1.829; then g = 0.8658, v = 1.6758,
        // and 0.1 · (0.8658 + 0.9 · 1.6758) = 0.237402.
        assert_close(steps(Rule::Sgd { momentum: 0.9, nesterov: true }), [1.829, 1.591_598]);
        assert_close(steps(Rule::Sgd { momentum: 0.0, nesterov: true }), [1.91, 1.8218]);
    }

    #[test]
    fn adam_takes_the_steps_on_paper() {
        // The first step is the rate itself: m / (1 − 0.9) = g and v / (1 − β2) = g².
        // Then g = 0.88; m = 0.9 · 0.09 + 0.1 · 0.88 = 0.169, by 0.19: 0.889474; v = 0.9 · 0.081 + 0.1 · 0.7744 = 0.15034, by
        // 0.19: 0.791263, whose root is 0.889530.
        assert_close(steps(Rule::Adam { beta2: 0.9 }), [1.9, 1.800_006]);
    }

    #[test]
    fn the_decay_of_adamw_does_not_pass_through_the_gradient() {
        // 2 − 0.1 − 0.1 · 0.2 · 2 = 1.86; 1.86 − 0.1 − 0.02 · 1.86.
        assert_close(steps(Rule::AdamW { beta2: 0.9 }), [1.86, 1.7228]);
    }

    #[test]
    fn rmsprop_takes_the_steps_on_paper() {
        // s = 0.1 · 0.81 = 0.081; 2 − 0.1 · 0.9 / 0.284605 = 1.683772.
        // g = 0.836754; s = 0.0729 + 0.1 · 0.700158 = 0.142916; 1.683772 − 0.1 · 0.836754 / 0.378042.
        assert_close(steps(Rule::RmsProp { decay: 0.9, centered: false }), [1.683_772, 1.462_435]);
        // Less the mean's square: a = 0.09; 0.081 − 0.0081 = 0.0729, whose root is 0.27; 2 − 0.09 / 0.27 = 1.666667.
        // g = 0.833333; s = 0.0729 + 0.069444 = 0.142344; a = 0.081 + 0.083333 = 0.164333; 0.142344 − 0.027005 = 0.115339,
        // whose root is 0.339616; 1.666667 − 0.083333 / 0.339616.
        assert_close(steps(Rule::RmsProp { decay: 0.9, centered: true }), [1.666_667, 1.421_291]);
    }
}
