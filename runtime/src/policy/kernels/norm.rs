//! Layer normalisation of rows (Ba et al. 2016), and its gradients.

use super::{Row, WIDTH, add, dot, sum};
use crate::policy::real::Real;

/// The scale and shift of a layer normalisation, `[WIDTH]` each.
#[derive(Debug, Clone)]
pub(crate) struct Norm<E> {
    pub(crate) gamma: Row<E>,
    pub(crate) beta: Row<E>,
    pub(crate) epsilon: f64,
}

/// What the backward pass needs of the forward pass.
#[derive(Debug, Clone)]
pub(crate) struct Normalised<E> {
    /// Rows of mean 0 and variance 1.
    rows: Vec<Row<E>>,
    /// One over the standard deviation of each row.
    inverse: Vec<E>,
}

/// The gradient of a loss in scale and shift.
#[derive(Debug, Clone)]
pub(crate) struct NormGradient<E> {
    pub(crate) gamma: Row<E>,
    pub(crate) beta: Row<E>,
}

impl<E: Real> Norm<E> {
    /// Normalises `x` in place.
    #[inline(always)]
    pub(crate) fn forward(&self, x: &mut [Row<E>]) {
        for x in x {
            self.row(x);
        }
    }

    /// Normalises `x` in place and keeps what the backward pass needs.
    #[inline(always)]
    pub(crate) fn forward_saving(&self, x: &mut [Row<E>]) -> Normalised<E> {
        let mut saved = Normalised { rows: Vec::with_capacity(x.len()), inverse: Vec::with_capacity(x.len()) };
        for x in x {
            let (row, inverse) = self.row(x);
            saved.rows.push(row);
            saved.inverse.push(inverse);
        }
        saved
    }

    #[inline(always)]
    fn row(&self, x: &mut Row<E>) -> (Row<E>, E) {
        let share = E::real(1.0 / WIDTH as f64);
        let mean = sum(x) * share;
        let centred: Row<E> = std::array::from_fn(|i| x[i] - mean);
        let variance = dot(&centred, &centred) * share;
        let inverse = (variance + E::real(self.epsilon)).sqrt().recip();
        let normalised: Row<E> = std::array::from_fn(|i| centred[i] * inverse);
        *x = std::array::from_fn(|i| normalised[i] * self.gamma[i] + self.beta[i]);
        (normalised, inverse)
    }

    /// Turns `dy`, the gradient in the output, into the gradient in the input.
    #[inline(always)]
    pub(crate) fn backward(&self, saved: &Normalised<E>, dy: &mut [Row<E>]) -> NormGradient<E> {
        let mut gradient = NormGradient { gamma: [E::zero(); WIDTH], beta: [E::zero(); WIDTH] };
        let scale = E::real(1.0 / WIDTH as f64);
        for ((dy, row), &inverse) in dy.iter_mut().zip(&saved.rows).zip(&saved.inverse) {
            add(&mut gradient.beta, dy);
            gradient.gamma = std::array::from_fn(|i| gradient.gamma[i] + dy[i] * row[i]);
            let scaled: Row<E> = std::array::from_fn(|i| dy[i] * self.gamma[i]);
            let (mean, along) = (sum(&scaled) * scale, dot(&scaled, row) * scale);
            *dy = std::array::from_fn(|i| inverse * (scaled[i] - mean - row[i] * along));
        }
        gradient
    }
}
