//! Scaled dot-product attention of one head (Vaswani et al. 2017, equation 1): scores, their softmax, and what is taken.
//!
//! A query sees the first so many of a list of keys and, where attention is causal, its own token besides. Keys are
//! kept in blocks of [`LANES`] with the components outside, so that as many scores are computed at once.

use std::ops::Range;

use super::{LANES, Row, WIDTH, add_scaled, dot, largest, resize};
use crate::policy::real::Real;

/// Rows kept in blocks of eight, component by component: `[blocks][WIDTH][LANES]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Blocks<E> {
    blocks: Vec<[[E; LANES]; WIDTH]>,
    len: usize,
}

impl<E: Real> Blocks<E> {
    pub(crate) fn new() -> Self {
        Self::with_capacity(0)
    }

    /// No rows, with room for so many.
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self { blocks: Vec::with_capacity(rows.div_ceil(LANES)), len: 0 }
    }

    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.len = 0;
    }

    /// Takes over the rows of another one.
    pub(crate) fn copy_from(&mut self, rows: &Self) {
        self.blocks.clear();
        self.blocks.extend_from_slice(&rows.blocks);
        self.len = rows.len;
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

    /// `out[n] = row · rows[n]`, block by block, for as many blocks as `out` has.
    #[inline(always)]
    fn dots(&self, row: &Row<E>, out: &mut [[E; LANES]]) {
        for (block, out) in self.blocks.iter().zip(out) {
            let mut sums = [E::zero(); LANES];
            for (lanes, &x) in block.iter().zip(row) {
                add_scaled(&mut sums, x, lanes);
            }
            *out = sums;
        }
    }
}

/// For each query a number for each key that it sees, its own token's last where attention is causal. Each query's stand
/// in whole blocks of [`LANES`].
///
/// What is done to them is done query after query in one loop before the next thing is: the sums of a query wait for
/// each other, those of different queries do not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scores<E> {
    blocks: Vec<[E; LANES]>,
    /// For each query the blocks that are its own, and how many numbers stand in them.
    queries: Vec<(Range<usize>, usize)>,
}

impl<E: Real> Scores<E> {
    pub(crate) fn clear(&mut self) {
        self.blocks.clear();
        self.queries.clear();
    }

    /// The numbers of one query.
    #[inline(always)]
    pub(crate) fn of(&self, query: usize) -> &[E] {
        let (blocks, len) = &self.queries[query];
        &self.blocks[blocks.clone()].as_flattened()[..*len]
    }

    /// Adds a query: `row · rows[n]` for the first `seen` rows, then `own`, then, up to a whole block, `rest`.
    #[inline(always)]
    pub(crate) fn push(&mut self, row: &Row<E>, rows: &Blocks<E>, seen: usize, own: Option<E>, rest: E) {
        let (start, len) = (self.blocks.len(), seen + usize::from(own.is_some()));
        resize(&mut self.blocks, start + len.div_ceil(LANES));
        self.queries.push((start..self.blocks.len(), len));
        let blocks = &mut self.blocks[start..];
        rows.dots(row, blocks);
        if let [whole @ .., last] = blocks {
            let (own, seen) = (own.unwrap_or(rest), (seen - whole.len() * LANES) as u32);
            for (lane, x) in (0..).zip(last) {
                let behind = if lane == seen { own } else { rest };
                *x = if lane < seen { *x } else { behind };
            }
        }
    }

    /// The softmax of each query's scores, scaled, with the largest taken off first. What fills the last block is to be −∞.
    #[inline(always)]
    pub(crate) fn softmax(&mut self) {
        let scale = scale::<E>();
        for (blocks, _) in &self.queries {
            let blocks = &mut self.blocks[blocks.clone()];
            multiply(blocks, scale);
            let most = largest(blocks);
            for block in blocks {
                for score in block {
                    *score = (*score - most).exp_of_negative();
                }
            }
        }
        for (blocks, len) in &self.queries {
            let blocks = &mut self.blocks[blocks.clone()];
            let mut sum = E::zero();
            for &share in &blocks.as_flattened()[..*len] {
                sum += share;
            }
            multiply(blocks, sum.recip());
        }
    }
}

#[inline(always)]
fn multiply<E: Real>(blocks: &mut [[E; LANES]], factor: E) {
    for block in blocks {
        for x in block {
            *x *= factor;
        }
    }
}

/// `1 / √WIDTH`
fn scale<E: Real>() -> E {
    E::real(1.0 / (WIDTH as f64).sqrt())
}

/// What a query takes of values and of its own token's, by its share of each.
#[inline(always)]
pub(crate) fn take<'a, E: Real + 'a>(
    shares: &[E],
    values: impl Iterator<Item = &'a Row<E>>,
    own: Option<&Row<E>>,
) -> Row<E> {
    let (past, last) = shares.split_at(shares.len() - usize::from(own.is_some()));
    let mut sum = [E::zero(); WIDTH];
    for (&share, value) in past.iter().zip(values) {
        add_scaled(&mut sum, share, value);
    }
    if let (Some(own), &[share]) = (own, last) {
        return std::array::from_fn(|i| sum[i] + share * own[i]);
    }
    sum
}

/// Turns `dout`, the gradient in what a query took, into the gradient in its scores before scaling.
///
/// `shares` are those of the forward pass, `values` the blocks of the values.
#[inline(always)]
pub(crate) fn score_gradient<E: Real>(
    dout: &Row<E>,
    values: &Blocks<E>,
    own_value: Option<&Row<E>>,
    shares: &[E],
    dscores: &mut Scores<E>,
) {
    let seen = shares.len() - usize::from(own_value.is_some());
    dscores.clear();
    dscores.push(dout, values, seen, own_value.map(|value| dot(dout, value)), E::zero());
    let dscores = &mut dscores.blocks.as_flattened_mut()[..shares.len()];
    let mean = shares.iter().zip(&*dscores).fold(E::zero(), |sum, (&share, &d)| sum + share * d);
    let scale = scale::<E>();
    for (d, &share) in dscores.iter_mut().zip(shares) {
        *d = share * (*d - mean) * scale;
    }
}
