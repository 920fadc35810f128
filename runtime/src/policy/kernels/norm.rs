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
        let width = E::real(WIDTH as f64);
        let mean = sum(x) / width;
        let mut centred = *x;
        for x in &mut centred {
            *x -= mean;
        }
        let variance = dot(&centred, &centred) / width;
        let inverse = (variance + E::real(self.epsilon)).sqrt().recip();
        for (((x, c), &gamma), &beta) in x.iter_mut().zip(&mut centred).zip(&self.gamma).zip(&self.beta) {
            *c *= inverse;
            *x = *c * gamma + beta;
        }
        (centred, inverse)
    }

    /// Turns `dy`, the gradient in the output, into the gradient in the input.
    #[inline(always)]
    pub(crate) fn backward(&self, saved: &Normalised<E>, dy: &mut [Row<E>]) -> NormGradient<E> {
        let mut gradient = NormGradient { gamma: [E::zero(); WIDTH], beta: [E::zero(); WIDTH] };
        let scale = E::real(1.0 / WIDTH as f64);
        for ((dy, row), &inverse) in dy.iter_mut().zip(&saved.rows).zip(&saved.inverse) {
            add(&mut gradient.beta, dy);
            for ((g, &dy), &x) in gradient.gamma.iter_mut().zip(&*dy).zip(row) {
                *g += dy * x;
            }
            for (dy, &gamma) in dy.iter_mut().zip(&self.gamma) {
                *dy *= gamma;
            }
            let (mean, along) = (sum(dy) * scale, dot(dy, row) * scale);
            for (dy, &x) in dy.iter_mut().zip(row) {
                *dy = inverse * (*dy - mean - x * along);
            }
        }
        gradient
    }
}
