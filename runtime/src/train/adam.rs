//! Adam (Kingma & Ba 2015) on every tensor of a network, with moments that can be stored.

use std::collections::BTreeMap;

use dfdx::prelude::{Cpu, Device, Gradients};

use crate::policy::network::Network;
use crate::policy::real::Real;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// The optimiser's memory: the moments of each tensor by its path, and the number of steps made.
///
/// dfdx's own Adam hides its moments, so it could not go on exactly where it stopped.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Adam<E> {
    moments: BTreeMap<String, Moments<E>>,
    step: i32,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Moments<E> {
    first: Vec<E>,
    second: Vec<E>,
}

impl<E: Clone> Adam<E> {
    /// The optimiser after so many steps, with the first and second moments of each tensor by its path.
    pub(crate) fn resumed(step: i32, moments: impl IntoIterator<Item = (String, [Vec<E>; 2])>) -> Self {
        let moments = moments.into_iter().map(|(path, [first, second])| (path, Moments { first, second })).collect();
        Self { moments, step }
    }

    /// The number of steps made.
    pub(crate) fn steps(&self) -> i32 {
        self.step
    }

    /// The first and second moments of each tensor that has any.
    pub(crate) fn moments(&self) -> impl Iterator<Item = (&str, [&[E]; 2])> {
        self.moments.iter().map(|(path, moments)| (path.as_str(), [&*moments.first, &*moments.second]))
    }
}

impl<E: Real> Adam<E>
where
    Cpu: Device<E>,
{
    /// Descends one step. A parameter without gradient counts as one whose gradient is zero.
    pub(crate) fn step(&mut self, learning_rate: f64, network: &mut Network<E>, gradients: &mut Gradients<E, Cpu>) {
        self.step = self.step.saturating_add(1);
        let (rate, epsilon) = corrected(learning_rate, self.step);
        network.visit(&mut |path, tensor| {
            // On the processor dfdx allocates or aborts: there is no error to report.
            let Ok(gradient) = tensor.gradient(gradients) else { return };
            let mut weights = tensor.values();
            if !self.moments.contains_key(path) {
                self.moments.insert(path.to_owned(), Moments::default());
            }
            if let Some(moments) = self.moments.get_mut(path) {
                moments.update(&mut weights, gradient, rate, epsilon);
            }
            tensor.put(&weights);
        });
    }
}

/// The learning rate and ε with both bias corrections.
fn corrected<E: Real>(learning_rate: f64, step: i32) -> (E, E) {
    let correction1 = 1.0 - BETA1.powi(step);
    let correction2 = 1.0 - BETA2.powi(step);
    (E::real(learning_rate * correction2.sqrt() / correction1), E::real(EPSILON * correction2.sqrt()))
}

/// The same on plain tensors.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FlatAdam<E> {
    moments: Vec<Moments<E>>,
    step: i32,
}

impl<E: Clone> FlatAdam<E> {
    /// The optimiser after so many steps, with the moments of each tensor.
    pub(crate) fn resumed(step: i32, moments: impl IntoIterator<Item = [Vec<E>; 2]>) -> Self {
        let moments = moments.into_iter().map(|[first, second]| Moments { first, second }).collect();
        Self { moments, step }
    }

    /// The number of steps made.
    pub(crate) fn steps(&self) -> i32 {
        self.step
    }

    /// The first and second moments of each tensor; nothing before the first step.
    pub(crate) fn moments(&self) -> impl Iterator<Item = [Vec<E>; 2]> {
        self.moments.iter().map(|moments| [moments.first.clone(), moments.second.clone()])
    }
}

impl<E: Real> FlatAdam<E> {
    /// Descends one step.
    pub(crate) fn step(&mut self, learning_rate: f64, tensors: &mut [&mut [E]], gradients: &[&[E]]) {
        self.step = self.step.saturating_add(1);
        let (rate, epsilon) = corrected(learning_rate, self.step);
        self.moments.resize_with(tensors.len(), Moments::default);
        for ((moments, weights), gradient) in self.moments.iter_mut().zip(tensors).zip(gradients) {
            moments.update(weights, gradient, rate, epsilon);
        }
    }
}

impl<E: Real> Moments<E> {
    /// Descends one step; where there are no moments yet, from moments of zero.
    fn update(&mut self, weights: &mut [E], gradient: &[E], rate: E, epsilon: E) {
        self.first.resize(weights.len(), E::zero());
        self.second.resize(weights.len(), E::zero());
        let (beta1, beta2) = (E::real(BETA1), E::real(BETA2));
        let (rest1, rest2) = (E::real(1.0 - BETA1), E::real(1.0 - BETA2));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((weight, &g), (first, second)) in weights.iter_mut().zip(gradient).zip(moments) {
            *first = beta1 * *first + rest1 * g;
            *second = beta2 * *second + rest2 * g * g;
            *weight -= rate * *first / (second.sqrt() + epsilon);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_the_paper_of_adam() {
        // Two steps by hand: g = 0.5, then −0.25, learning rate 0.1.
        let mut moments = Moments { first: vec![0.0f64], second: vec![0.0] };
        let mut weight = [1.0f64];
        for (t, g) in [(1, 0.5), (2, -0.25)] {
            let (c1, c2) = (1.0 - BETA1.powi(t), 1.0 - BETA2.powi(t));
            moments.update(&mut weight, &[g], 0.1 * c2.sqrt() / c1, EPSILON * c2.sqrt());
        }
        // m̂₁ = 0.5, v̂₁ = 0.25: −0.1. m₂ = 0.02, v₂ = 0.00031225; m̂₂ = 0.02 / 0.19, v̂₂ = 0.00031225 / 0.001999.
        let second: f64 = 0.1 * (0.02 / 0.19) / (0.000_312_25f64 / 0.001_999).sqrt();
        assert!((weight[0] - (1.0 - 0.1 - second)).abs() < 1e-6, "{weight:?}");
    }
}
