//! Scaled dot-product attention of one head (Vaswani et al. 2017, equation 1), one query at a time.
//!
//! A query sees the first so many of a list of keys and, where attention is causal, its own token besides. Keys are
//! kept in blocks of [`LANES`] with the components outside, so that as many scores are computed at once.

use super::{LANES, Row, WIDTH, add_scaled, dot};
use crate::policy::real::Real;

/// Rows kept in blocks of eight, component by component: `[blocks][WIDTH][LANES]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blocks<E> {
    blocks: Vec<[[E; LANES]; WIDTH]>,
    len: usize,
}

impl<E: Real> Blocks<E> {
    pub(crate) fn new() -> Self {
        Self { blocks: Vec::new(), len: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.len = 0;
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, row: &Row<E>) {
        let lane = self.len % LANES;
        if lane == 0 {
            self.blocks.push([[E::zero(); LANES]; WIDTH]);
        }
        if let Some(block) = self.blocks.last_mut() {
            for (lanes, &x) in block.iter_mut().zip(row) {
                lanes[lane] = x;
            }
        }
        self.len += 1;
    }

    /// `out[n] = row · rows[n]` for the first `out.len()` rows.
    #[inline(always)]
    fn dots(&self, row: &Row<E>, out: &mut [E]) {
        for (block, out) in self.blocks.iter().zip(out.chunks_mut(LANES)) {
            let mut sums = [E::zero(); LANES];
            for (lanes, &x) in block.iter().zip(row) {
                add_scaled(&mut sums, x, lanes);
            }
            out.copy_from_slice(&sums[..out.len()]);
        }
    }
}

/// The token of the query itself, as key and as value.
#[derive(Clone, Copy)]
pub(crate) struct Own<'a, E> {
    pub(crate) key: &'a Row<E>,
    pub(crate) value: &'a Row<E>,
}

/// `1 / √WIDTH`
pub(crate) fn scale<E: Real>() -> E {
    E::real(1.0 / (WIDTH as f64).sqrt())
}

/// What one query takes of the values; leaves in `weights` how much of each, the own token's last where there is one.
#[inline(always)]
pub(crate) fn attend<'a, E: Real + 'a>(
    query: &Row<E>,
    keys: &Blocks<E>,
    values: impl Iterator<Item = &'a Row<E>>,
    own: Option<Own<'a, E>>,
    weights: &mut [E],
) -> Row<E> {
    let scale = scale::<E>();
    let seen = weights.len() - usize::from(own.is_some());
    keys.dots(query, &mut weights[..seen]);
    if let Some(own) = own {
        weights[seen] = dot(query, own.key);
    }
    for weight in &mut *weights {
        *weight *= scale;
    }
    softmax(weights);
    let mut out = [E::zero(); WIDTH];
    for (&weight, value) in weights[..seen].iter().zip(values) {
        add_scaled(&mut out, weight, value);
    }
    if let Some(own) = own {
        add_scaled(&mut out, weights[seen], own.value);
    }
    out
}

/// Turns `dout`, the gradient in what a query took, into the gradient in its scores before scaling.
///
/// `weights` are those of the forward pass, `values` the blocks of the values.
#[inline(always)]
pub(crate) fn score_gradient<E: Real>(
    dout: &Row<E>,
    values: &Blocks<E>,
    own_value: Option<&Row<E>>,
    weights: &[E],
    dscores: &mut [E],
) {
    let seen = weights.len() - usize::from(own_value.is_some());
    values.dots(dout, &mut dscores[..seen]);
    if let Some(value) = own_value {
        dscores[seen] = dot(dout, value);
    }
    let mean = weights.iter().zip(&*dscores).fold(E::zero(), |sum, (&w, &d)| sum + w * d);
    let scale = scale::<E>();
    for (d, &weight) in dscores.iter_mut().zip(weights) {
        *d = weight * (*d - mean) * scale;
    }
}

/// Softmax in place, with the largest score taken off first.
#[inline(always)]
pub(crate) fn softmax<E: Real>(scores: &mut [E]) {
    let most = scores.iter().fold(E::neg_infinity(), |most, &score| most.max(score));
    let mut sum = E::zero();
    for score in &mut *scores {
        *score = (*score - most).exp_of_negative();
    }
    for &score in &*scores {
        sum += score;
    }
    let inverse = sum.recip();
    for score in scores {
        *score *= inverse;
    }
}
