//! The linear map `y = W x + b` on rows, and its gradients.

use super::{TILE, add, add_scaled, resize, zeros};
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

    /// `y = W x + b` for each row, into new rows.
    #[inline(always)]
    pub(crate) fn apply(&self, x: &[[E; I]]) -> Vec<[E; O]> {
        let mut y = Vec::new();
        self.apply_into(x, &mut y);
        y
    }

    /// `y = W x + b` into rows that remain.
    #[inline(always)]
    pub(crate) fn apply_into(&self, x: &[[E; I]], y: &mut Vec<[E; O]>) {
        self.apply_then(x, y, |_, _| {});
    }

    /// `y = W x + b`, with something done to each part of a row while it is still in registers: `then` is given the row's
    /// position and [`TILE`] numbers of it, part by part.
    #[inline(always)]
    pub(crate) fn apply_then(&self, x: &[[E; I]], y: &mut Vec<[E; O]>, then: impl FnMut(usize, &mut [E; TILE])) {
        resize(y, x.len());
        products(x, &self.transposed, Some(&self.bias), y, then);
    }

    /// Adds to `dx` the gradient in the input, `Wᵀ dy`.
    #[inline(always)]
    pub(crate) fn input_gradient(&self, dy: &[[E; O]], dx: &mut [[E; I]]) {
        products(dy, &self.weight, None, dx, |_, _| {});
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
        let mut weight: Vec<[E; I]> = zeros(O);
        for (pair, rows) in weight.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            let [first, second] = rows;
            outer_products(x, dy, 2 * pair, first, second);
        }
        Self { weight, bias }
    }
}

/// `y = x M + b` for each row, with `M` of `A` rows; `y += x M` without a bias; `then` is done to each [`TILE`] of
/// each row of `y`. Two rows at a time share each row of `M` that is loaded.
#[inline(always)]
fn products<E: Real, const A: usize, const B: usize>(
    x: &[[E; A]],
    matrix: &[[E; B]],
    bias: Option<&[E; B]>,
    y: &mut [[E; B]],
    mut then: impl FnMut(usize, &mut [E; TILE]),
) {
    let ((pairs, last), (y_pairs, y_last)) = (x.as_chunks::<2>(), y.as_chunks_mut::<2>());
    for (pair, (x, [first, second])) in pairs.iter().zip(y_pairs).enumerate() {
        two_products(x, matrix, bias, first, second, |i, tile| then(2 * pair + i, tile));
    }
    for (x, y) in last.iter().zip(y_last) {
        product(x, matrix, bias, y, |tile| then(2 * pairs.len(), tile));
    }
}

#[inline(always)]
fn two_products<E: Real, const A: usize, const B: usize>(
    x: &[[E; A]; 2],
    matrix: &[[E; B]],
    bias: Option<&[E; B]>,
    y0: &mut [E; B],
    y1: &mut [E; B],
    mut then: impl FnMut(usize, &mut [E; TILE]),
) {
    let tiles = y0.as_chunks_mut::<TILE>().0.iter_mut().zip(y1.as_chunks_mut::<TILE>().0);
    for (tile, (y0, y1)) in tiles.enumerate() {
        let (mut sum0, mut sum1) = (start(bias, tile, y0), start(bias, tile, y1));
        for ((&x0, &x1), row) in x[0].iter().zip(&x[1]).zip(matrix) {
            let row = &row.as_chunks::<TILE>().0[tile];
            add_scaled(&mut sum0, x0, row);
            add_scaled(&mut sum1, x1, row);
        }
        then(0, &mut sum0);
        then(1, &mut sum1);
        (*y0, *y1) = (sum0, sum1);
    }
}

#[inline(always)]
fn product<E: Real, const A: usize, const B: usize>(
    x: &[E; A],
    matrix: &[[E; B]],
    bias: Option<&[E; B]>,
    y: &mut [E; B],
    mut then: impl FnMut(&mut [E; TILE]),
) {
    for (tile, y) in y.as_chunks_mut::<TILE>().0.iter_mut().enumerate() {
        let mut sum = start(bias, tile, y);
        for (&x, row) in x.iter().zip(matrix) {
            add_scaled(&mut sum, x, &row.as_chunks::<TILE>().0[tile]);
        }
        then(&mut sum);
        *y = sum;
    }
}

/// What the sums of a tile begin with.
#[inline(always)]
fn start<E: Real, const B: usize>(bias: Option<&[E; B]>, tile: usize, y: &[E; TILE]) -> [E; TILE] {
    bias.map_or(*y, |bias| bias.as_chunks::<TILE>().0[tile])
}

/// Two rows of `Σ dy xᵀ`, those of the outputs `o` and `o + 1`.
#[inline(always)]
fn outer_products<E: Real, const I: usize, const O: usize>(
    x: &[[E; I]],
    dy: &[[E; O]],
    o: usize,
    first: &mut [E; I],
    second: &mut [E; I],
) {
    let tiles = first.as_chunks_mut::<TILE>().0.iter_mut().zip(second.as_chunks_mut::<TILE>().0);
    for (tile, (first, second)) in tiles.enumerate() {
        let (mut sum0, mut sum1) = (*first, *second);
        for (x, dy) in x.iter().zip(dy) {
            let row = &x.as_chunks::<TILE>().0[tile];
            add_scaled(&mut sum0, dy[o], row);
            add_scaled(&mut sum1, dy[o + 1], row);
        }
        (*first, *second) = (sum0, sum1);
    }
}
