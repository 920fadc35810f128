//! The linear map `y = W x + b` on rows, and its gradients.

use super::{TILE, add, add_scaled, zeros};
use crate::policy::real::Real;

/// The weights of a linear map from `I` to `O` numbers.
#[derive(Debug, Clone)]
pub(crate) struct Linear<E, const I: usize, const O: usize> {
    /// `[O, I]`, as dfdx and PyTorch keep it.
    pub(crate) weight: Vec<[E; I]>,
    /// `[I, O]`
    transposed: Vec<[E; O]>,
    /// `[O]`
    pub(crate) bias: [E; O],
}

/// The gradient of a loss in a linear map's weights.
#[derive(Debug, Clone)]
pub(crate) struct LinearGradient<E, const I: usize, const O: usize> {
    pub(crate) weight: Vec<[E; I]>,
    pub(crate) bias: [E; O],
}

impl<E: Real, const I: usize, const O: usize> Linear<E, I, O> {
    pub(crate) fn new(weight: Vec<[E; I]>, bias: [E; O]) -> Self {
        let transposed = (0..I).map(|i| std::array::from_fn(|o| weight[o][i])).collect();
        Self { weight, transposed, bias }
    }

    /// `y = W x + b` for each row.
    #[inline(always)]
    pub(crate) fn forward(&self, x: &[[E; I]], y: &mut [[E; O]]) {
        for (x, y) in x.iter().zip(y) {
            *y = self.bias;
            add_product(x, &self.transposed, y);
        }
    }

    /// `y = W x + b` into new rows.
    #[inline(always)]
    pub(crate) fn apply(&self, x: &[[E; I]]) -> Vec<[E; O]> {
        let mut y = zeros(x.len());
        self.forward(x, &mut y);
        y
    }

    /// Adds to `dx` the gradient in the input, `Wᵀ dy`.
    #[inline(always)]
    pub(crate) fn input_gradient(&self, dy: &[[E; O]], dx: &mut [[E; I]]) {
        for (dy, dx) in dy.iter().zip(dx) {
            add_product(dy, &self.weight, dx);
        }
    }
}

impl<E: Real, const I: usize, const O: usize> LinearGradient<E, I, O> {
    /// `dW = Σ dy xᵀ`, `db = Σ dy`, summed over rows.
    #[inline(always)]
    pub(crate) fn new(x: &[[E; I]], dy: &[[E; O]]) -> Self {
        let mut bias = [E::zero(); O];
        for dy in dy {
            add(&mut bias, dy);
        }
        let mut weight = zeros(O);
        for (o, weight) in weight.iter_mut().enumerate() {
            for (tile, weight) in weight.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
                let mut sum = [E::zero(); TILE];
                for (x, dy) in x.iter().zip(dy) {
                    add_scaled(&mut sum, dy[o], &x.as_chunks::<TILE>().0[tile]);
                }
                *weight = sum;
            }
        }
        Self { weight, bias }
    }
}

/// `y += x M` with `M` of `A` rows.
#[inline(always)]
fn add_product<E: Real, const A: usize, const B: usize>(x: &[E; A], matrix: &[[E; B]], y: &mut [E; B]) {
    for (tile, y) in y.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        let mut sum = *y;
        for (&x, row) in x.iter().zip(matrix) {
            add_scaled(&mut sum, x, &row.as_chunks::<TILE>().0[tile]);
        }
        *y = sum;
    }
}
