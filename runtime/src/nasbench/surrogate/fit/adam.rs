//! Adam (Kingma & Ba, 2015) with weights that decay by themselves (Loshchilov & Hutter, 2019).

use super::super::weights::Network;
use crate::policy::kernels::vectorised;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.99;
const EPSILON: f32 = 1e-8;
const WEIGHT_DECAY: f64 = 0.15;

/// The moments of every weight, and the steps made.
pub(super) struct Adam {
    first: Network<f32>,
    second: Network<f32>,
    steps: i32,
}

impl Adam {
    pub(super) fn new() -> Self {
        Self { first: Network::zeros(), second: Network::zeros(), steps: 0 }
    }

    pub(super) fn step(&mut self, learning_rate: f64, network: &mut Network<f32>, gradient: &Network<f32>) {
        vectorised(
            #[inline(always)]
            || self.step_inlined(learning_rate, network, gradient),
        );
    }

    #[inline(always)]
    fn step_inlined(&mut self, learning_rate: f64, network: &mut Network<f32>, gradient: &Network<f32>) {
        self.steps = self.steps.saturating_add(1);
        let (correction1, correction2) = (1.0 - BETA1.powi(self.steps), 1.0 - BETA2.powi(self.steps));
        let rate = (learning_rate * correction2.sqrt() / correction1) as f32;
        let keep = (1.0 - learning_rate * WEIGHT_DECAY) as f32;
        let epsilon = EPSILON * correction2.sqrt() as f32;
        let moments = self.first.rows.iter_mut().zip(&mut self.second.rows);
        for ((weights, slopes), moments) in network.rows.iter_mut().zip(&gradient.rows).zip(moments) {
            let numbers = weights.iter_mut().zip(slopes).zip(moments.0.iter_mut().zip(moments.1));
            for ((weight, &slope), (first, second)) in numbers {
                *first += (1.0 - BETA1 as f32) * (slope - *first);
                *second += (1.0 - BETA2 as f32) * (slope * slope - *second);
                *weight = keep * *weight - rate * *first / (second.sqrt() + epsilon);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_those_of_the_papers() {
        // Slopes of 0.5, then −0.25, learning rate 0.1.
        let (mut adam, mut network, mut gradient) = (Adam::new(), Network::zeros(), Network::zeros());
        for slope in [0.5, -0.25] {
            gradient.rows[7][3] = slope;
            adam.step(0.1, &mut network, &gradient);
        }
        // m̂ = 0.5, v̂ = 0.25: −0.1, of which 0.015 · 0.1 decays. m = 0.02, v = 0.0031; m̂ = 0.02 / 0.19, v̂ = 0.0031 / 0.0199.
        let second = 0.1 * (0.02 / 0.19) / (0.0031f64 / 0.0199).sqrt();
        let found = f64::from(network.rows[7][3]);
        assert!((found + 0.1 * (1.0 - 0.1 * WEIGHT_DECAY) + second).abs() < 1e-6, "{found}");
        assert!(network.rows[7][4].abs() < f32::MIN_POSITIVE);
    }
}
