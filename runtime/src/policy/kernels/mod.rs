//! The arithmetic of the encoder on plain rows: each kernel with its backward, written so that the compiler keeps a
//! row in vector registers.
//!
//! Sums run in a fixed order and nothing is fused, so results are the same bits whatever the vector width.

pub(crate) mod attention;
pub(crate) mod linear;
pub(crate) mod norm;

use super::real::Real;

/// Width of the model: three embeddings of [`EMBEDDING`] numbers side by side (paper, Appendix A).
pub(crate) const WIDTH: usize = 3 * EMBEDDING;
/// Width of each embedding.
pub(crate) const EMBEDDING: usize = 8;
/// Width of the feed-forward layer.
pub(crate) const HIDDEN: usize = 4 * WIDTH;
/// Columns that are computed together: those of one token, so that something can be done to it while it is in registers.
/// Divides the other widths.
const TILE: usize = WIDTH;
/// Partial sums of a row that stand side by side.
pub(crate) const LANES: usize = 8;

/// One token, query, key or value.
pub(crate) type Row<E> = [E; WIDTH];

/// Compiles `body` for the widest vectors of this processor and runs it.
#[inline]
pub(crate) fn vectorised<R>(body: impl FnOnce() -> R) -> R {
    pulp::Arch::new().dispatch(body)
}

/// The sum of a row whose width is a multiple of [`LANES`].
#[inline(always)]
pub(crate) fn sum<E: Real, const N: usize>(row: &[E; N]) -> E {
    let mut lanes = [E::zero(); LANES];
    for chunk in row.as_chunks::<LANES>().0 {
        for (lane, &x) in lanes.iter_mut().zip(chunk) {
            *lane += x;
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// The scalar product of two rows whose width is a multiple of [`LANES`].
#[inline(always)]
pub(crate) fn dot<E: Real, const N: usize>(a: &[E; N], b: &[E; N]) -> E {
    let mut products = [E::zero(); N];
    for ((product, &a), &b) in products.iter_mut().zip(a).zip(b) {
        *product = a * b;
    }
    sum(&products)
}

/// `y += scale · x`
#[inline(always)]
pub(crate) fn add_scaled<E: Real, const N: usize>(y: &mut [E; N], scale: E, x: &[E; N]) {
    // All is read before anything is written: the compiler need not know that the two are apart.
    let mut sum = *y;
    for (sum, &x) in sum.iter_mut().zip(x) {
        *sum += scale * x;
    }
    *y = sum;
}

/// `y += x`
#[inline(always)]
pub(crate) fn add<E: Real, const N: usize>(y: &mut [E; N], x: &[E; N]) {
    let mut sum = *y;
    for (sum, &x) in sum.iter_mut().zip(x) {
        *sum += x;
    }
    *y = sum;
}

/// Makes room for so many rows, whose numbers are about to be overwritten.
pub(crate) fn resize<E: Real, const N: usize>(rows: &mut Vec<[E; N]>, len: usize) {
    rows.resize(len, [E::zero(); N]);
}

/// `rows` rows of zeros.
pub(crate) fn zeros<E: Real, const N: usize>(rows: usize) -> Vec<[E; N]> {
    vec![[E::zero(); N]; rows]
}
