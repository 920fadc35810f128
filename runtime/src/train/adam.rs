//! Adam (Kingma & Ba 2015) on every tensor of a network, with moments that can be saved.

use dfdx::prelude::{Cpu, Device, Gradients};

use crate::policy::network::Network;
use crate::policy::real::Real;

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// The greatest weight, in absolute value, that is taken or read. Up to here every number of a forward pass stays within `f32`: the
/// largest are the squares under the second norm of a layer, below 1e34. So no policy becomes NaN.
pub(crate) const MAX_WEIGHT: f64 = 1e4;

/// A first moment is at most so many roots of the second one, by the inequality of Cauchy and Schwarz:
/// `(1 − β₁) / √((1 − β₂)(1 − β₁² / β₂))`, which is 7.3, and something for rounding. So no weight moves by more than ten learning
/// rates in a step.
pub(crate) const MAX_RATIO: f64 = 10.0;
/// Squares of gradients below this may have been rounded to zero.
pub(crate) const ROUNDING: f64 = 1e-15;

/// The optimiser's memory: the moments of each tensor, and the number of steps made.
///
/// dfdx's own Adam hides its moments, so it could not go on exactly where it stopped.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Adam<E> {
    /// By path, in the order in which the network is visited.
    moments: Vec<(String, Moments<E>)>,
    step: i32,
    spare: Spare<E>,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Moments<E> {
    first: Vec<E>,
    second: Vec<E>,
}

impl<E: Clone> Adam<E> {
    /// The optimiser after so many steps, with the first and second moments of each tensor by its path, in the order in which the
    /// network is visited.
    pub(crate) fn resumed(step: i32, moments: impl IntoIterator<Item = (String, [Vec<E>; 2])>) -> Self {
        let moments = moments.into_iter().map(|(path, [first, second])| (path, Moments { first, second })).collect();
        Self { moments, step, spare: Spare::default() }
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
    /// Descends one step. A parameter without gradient counts as one whose gradient is zero. False, and nothing has changed, where
    /// a weight would not stay within [`MAX_WEIGHT`], or a moment within finite numbers.
    pub(crate) fn step(
        &mut self,
        learning_rate: f64,
        network: &mut Network<E>,
        gradients: &mut Gradients<E, Cpu>,
    ) -> bool {
        let step = self.step.saturating_add(1);
        let scales = Scales::of(learning_rate, step);
        let Self { moments, spare: Spare(after), .. } = self;
        let (known, mut tensors, mut is_sound) = (moments.len(), 0, true);
        network.visit(&mut |path, tensor| {
            if tensors == moments.len() {
                moments.push((path.to_owned(), Moments::default()));
            }
            after.resize_with(moments.len(), After::default);
            let after = &mut after[tensors];
            after.weights = tensor.values();
            // On the processor dfdx allocates or aborts: there is no error to report.
            is_sound &= match tensor.gradient(gradients) {
                Ok(gradient) => moments[tensors].1.lead_to(after, gradient, scales),
                Err(_) => false,
            };
            tensors += 1;
        });
        if !is_sound {
            moments.truncate(known);
            return false;
        }
        self.step = step;
        let mut after = moments.iter_mut().zip(after);
        network.visit(&mut |_, tensor| {
            let Some(((_, moments), after)) = after.next() else { return };
            tensor.put(&after.weights);
            std::mem::swap(moments, &mut after.moments);
        });
        true
    }
}

/// The same on plain tensors.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FlatAdam<E> {
    moments: Vec<Moments<E>>,
    step: i32,
    spare: Spare<E>,
}

impl<E: Clone> FlatAdam<E> {
    /// The optimiser after so many steps, with the moments of each tensor.
    pub(crate) fn resumed(step: i32, moments: impl IntoIterator<Item = [Vec<E>; 2]>) -> Self {
        let moments = moments.into_iter().map(|[first, second]| Moments { first, second }).collect();
        Self { moments, step, spare: Spare::default() }
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
    /// Descends one step. False, and nothing has changed, where a weight would not stay within [`MAX_WEIGHT`], or a moment within
    /// finite numbers.
    pub(crate) fn step(&mut self, learning_rate: f64, tensors: &mut [&mut [E]], gradients: &[&[E]]) -> bool {
        let step = self.step.saturating_add(1);
        let scales = Scales::of(learning_rate, step);
        let Self { moments, spare: Spare(after), .. } = self;
        let (known, mut is_sound) = (moments.len(), true);
        moments.resize_with(tensors.len(), Moments::default);
        after.resize_with(tensors.len(), After::default);
        for (((moments, after), weights), gradient) in moments.iter().zip(&mut *after).zip(&*tensors).zip(gradients) {
            after.weights.clear();
            after.weights.extend_from_slice(weights);
            is_sound &= moments.lead_to(after, gradient, scales);
        }
        if !is_sound {
            moments.truncate(known);
            return false;
        }
        self.step = step;
        for ((moments, after), weights) in moments.iter_mut().zip(after).zip(tensors) {
            weights.copy_from_slice(&after.weights);
            std::mem::swap(moments, &mut after.moments);
        }
        true
    }
}

/// What a step makes of each tensor, before it is known whether that is taken; afterwards room for the next one. Nothing of it is
/// remembered.
#[derive(Debug)]
struct Spare<E>(Vec<After<E>>);

#[derive(Debug)]
struct After<E> {
    weights: Vec<E>,
    moments: Moments<E>,
}

/// The learning rate and ε with both bias corrections.
#[derive(Clone, Copy)]
struct Scales<E> {
    rate: E,
    epsilon: E,
}

impl<E: Real> Scales<E> {
    fn of(learning_rate: f64, step: i32) -> Self {
        let correction1 = 1.0 - BETA1.powi(step);
        let correction2 = 1.0 - BETA2.powi(step);
        let rate = E::real(learning_rate * correction2.sqrt() / correction1);
        Self { rate, epsilon: E::real(EPSILON * correction2.sqrt()) }
    }
}

impl<E: Real> Moments<E> {
    /// Takes the weights one step down from these moments; from moments of zero where there are none yet. Whether what comes of it can
    /// be taken.
    fn lead_to(&self, after: &mut After<E>, gradient: &[E], Scales { rate, epsilon }: Scales<E>) -> bool {
        let After { weights, moments } = after;
        if self.first.len() != weights.len() {
            let zeros = || vec![E::zero(); weights.len()];
            let zeros = Self { first: zeros(), second: zeros() };
            return zeros.lead_to(after, gradient, Scales { rate, epsilon });
        }
        moments.first.resize(weights.len(), E::zero());
        moments.second.resize(weights.len(), E::zero());
        let (beta1, beta2) = (E::real(BETA1), E::real(BETA2));
        let (rest1, rest2) = (E::real(1.0 - BETA1), E::real(1.0 - BETA2));
        let (most, most_squared) = (E::real(MAX_WEIGHT), E::max_value());
        let before = self.first.iter().zip(&self.second).zip(gradient);
        let moments = moments.first.iter_mut().zip(&mut moments.second);
        let mut is_sound = true;
        for ((weight, (first, second)), ((&m, &v), &g)) in weights.iter_mut().zip(moments).zip(before) {
            *first = beta1 * m + rest1 * g;
            *second = beta2 * v + rest2 * g * g;
            *weight -= rate * *first / (second.sqrt() + epsilon);
            // Where the first moment is no finite number, neither is the weight.
            is_sound &= weight.abs() <= most;
            is_sound &= *second <= most_squared;
        }
        is_sound
    }
}

impl<E> Default for Spare<E> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<E> Default for After<E> {
    fn default() -> Self {
        Self { weights: Vec::new(), moments: Moments { first: Vec::new(), second: Vec::new() } }
    }
}

impl<E> Clone for Spare<E> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<E> PartialEq for Spare<E> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_the_paper_of_adam() {
        // Two steps by hand: g = 0.5, then −0.25, learning rate 0.1.
        let mut adam = FlatAdam::<f64>::default();
        let mut weight = [1.0f64];
        for g in [0.5, -0.25] {
            assert!(adam.step(0.1, &mut [&mut weight], &[&[g]]));
        }
        // m̂₁ = 0.5, v̂₁ = 0.25: −0.1. m₂ = 0.02, v₂ = 0.00031225; m̂₂ = 0.02 / 0.19, v̂₂ = 0.00031225 / 0.001999.
        let second: f64 = 0.1 * (0.02 / 0.19) / (0.000_312_25f64 / 0.001_999).sqrt();
        assert!((weight[0] - (1.0 - 0.1 - second)).abs() < 1e-6, "{weight:?}");
    }

    /// Gradients whose squares leave the range, ones that are no numbers, and weights at the edge.
    #[test]
    fn a_step_out_of_range_changes_nothing() {
        let steps: [([f32; 2], [f32; 2]); 5] = [
            ([0.0, 1.0], [0.5, f32::INFINITY]),
            ([0.0, 1.0], [f32::NAN, 0.5]),
            ([0.0, 1.0], [1e38, 0.5]),
            ([0.0, 9999.9999], [0.5, -0.5]),
            ([-1e38, 1.0], [0.0, 0.0]),
        ];
        for is_first in [true, false] {
            for (weights, gradient) in steps {
                let mut adam = FlatAdam::<f32>::default();
                if !is_first {
                    assert!(adam.step(0.1, &mut [&mut [0.0, 0.0]], &[&[0.5, -0.5]]));
                }
                let (before, mut after) = (adam.clone(), weights);
                assert!(!adam.step(0.1, &mut [&mut after], &[&gradient]), "{weights:?} {gradient:?}");
                assert_eq!((&adam, after, adam.moments().count()), (&before, weights, before.moments().count()));
                let (mut again, mut known) = ([1.0, 2.0], [1.0, 2.0]);
                let mut other = before.clone();
                assert!(adam.step(0.1, &mut [&mut again], &[&[0.25, 0.5]]));
                assert!(other.step(0.1, &mut [&mut known], &[&[0.25, 0.5]]));
                assert_eq!((adam, again), (other, known));
            }
        }
    }

    /// Gradients that grow as fast as can be: no first moment is far above the root of the second one.
    #[test]
    fn moments_keep_their_ratio() {
        for growth in [0.5, 1.0, BETA2 / BETA1, 2.0, 30.0] {
            let (mut adam, mut g) = (FlatAdam::<f32>::default(), 1e-18f32);
            for _ in 0..200 {
                if !adam.step(5e-4, &mut [&mut [0.0]], &[&[g]]) {
                    break;
                }
                let [first, second] = adam.moments().next().unwrap().map(|numbers| f64::from(numbers[0]));
                assert!(first.abs() <= 7.3 * second.sqrt() + ROUNDING, "{growth}: {first} {second}");
                g *= growth as f32;
            }
        }
    }
}
