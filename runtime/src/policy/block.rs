//! One layer of the encoder: attention, feed-forward, and a normalisation after each (post-norm), as PyTorch's
//! `TransformerEncoderLayer(24, 1, 96, dropout=0)`.

use super::batch::Batch;
use super::kernels::attention::Scores;
use super::kernels::linear::{Linear, LinearGradient};
use super::kernels::norm::{Norm, NormGradient, Normalised};
use super::kernels::{HIDDEN, Row, WIDTH, add, vectorised, zeros};
use super::real::Real;
use super::self_attention::{Projected, Queries, attend, attention_gradient};

/// The weights of one layer.
#[derive(Debug, Clone)]
pub(crate) struct Block<E> {
    pub(crate) query: Linear<E, WIDTH, WIDTH>,
    pub(crate) key: Linear<E, WIDTH, WIDTH>,
    pub(crate) value: Linear<E, WIDTH, WIDTH>,
    pub(crate) out: Linear<E, WIDTH, WIDTH>,
    pub(crate) norm1: Norm<E>,
    pub(crate) widen: Linear<E, WIDTH, HIDDEN>,
    pub(crate) narrow: Linear<E, HIDDEN, WIDTH>,
    pub(crate) norm2: Norm<E>,
}

/// The gradient of a loss in the weights of one layer.
#[derive(Debug, Clone)]
pub(crate) struct BlockGradient<E> {
    pub(crate) query: LinearGradient<E, WIDTH, WIDTH>,
    pub(crate) key: LinearGradient<E, WIDTH, WIDTH>,
    pub(crate) value: LinearGradient<E, WIDTH, WIDTH>,
    pub(crate) out: LinearGradient<E, WIDTH, WIDTH>,
    pub(crate) norm1: NormGradient<E>,
    pub(crate) widen: LinearGradient<E, WIDTH, HIDDEN>,
    pub(crate) narrow: LinearGradient<E, HIDDEN, WIDTH>,
    pub(crate) norm2: NormGradient<E>,
}

/// Rows that a pass without gradients keeps for the next one.
#[derive(Debug, Default)]
pub(crate) struct Scratch<E> {
    middle: Vec<Row<E>>,
    hidden: Vec<[E; HIDDEN]>,
}

/// What the backward pass needs of the forward pass.
#[derive(Debug)]
pub(crate) struct Saved<E> {
    queries: Queries,
    /// `[rows, 24]`
    input: Vec<Row<E>>,
    key: Vec<Row<E>>,
    value: Vec<Row<E>>,
    /// `[queries, 24]`
    residual: Vec<Row<E>>,
    query: Vec<Row<E>>,
    taken: Vec<Row<E>>,
    norm1: Normalised<E>,
    middle: Vec<Row<E>>,
    /// `[queries, 96]`, after ReLU
    hidden: Vec<[E; HIDDEN]>,
    norm2: Normalised<E>,
    shares: Scores<E>,
}

impl<E: Real> Block<E> {
    /// The encodings of the rows that `queries` names, and what the backward pass needs.
    pub(crate) fn forward(&self, input: Vec<Row<E>>, batch: &Batch, queries: Queries) -> (Vec<Row<E>>, Saved<E>) {
        vectorised(
            #[inline(always)]
            || self.forward_inlined(input, batch, queries),
        )
    }

    #[inline(always)]
    fn forward_inlined(&self, input: Vec<Row<E>>, batch: &Batch, queries: Queries) -> (Vec<Row<E>>, Saved<E>) {
        let residual: Vec<Row<E>> = queries.rows(batch).map(|row| input[row]).collect();
        let (key, value) = (self.key.apply(&input), self.value.apply(&input));
        let query = self.query.apply(&residual);
        let (taken, shares) = attend(batch, queries, Projected { query: &query, key: &key, value: &value });

        let (mut middle, mut hidden, mut output) = (Vec::new(), Vec::new(), Vec::new());
        self.join(&taken, &residual, &mut middle);
        let norm1 = self.norm1.forward_saving(&mut middle);
        self.feed_forward(&middle, &mut hidden, &mut output);
        let norm2 = self.norm2.forward_saving(&mut output);
        let saved = Saved { queries, input, key, value, residual, query, taken, norm1, middle, hidden, norm2, shares };
        (output, saved)
    }

    /// What attention makes of rows, added to them.
    #[inline(always)]
    fn join(&self, taken: &[Row<E>], rows: &[Row<E>], joined: &mut Vec<Row<E>>) {
        self.out.apply_then(taken, joined, |i, row| add(row, &rows[i]));
    }

    /// The hidden rows after ReLU, and the output before its normalisation.
    #[inline(always)]
    fn feed_forward(&self, middle: &[Row<E>], hidden: &mut Vec<[E; HIDDEN]>, output: &mut Vec<Row<E>>) {
        self.widen.apply_then(middle, hidden, |_, part| stop_negatives(part));
        self.narrow.apply_then(hidden, output, |i, row| add(row, &middle[i]));
    }

    /// Everything after attention: `rows`, the layer's input, become its output.
    #[inline(always)]
    pub(crate) fn finish(&self, rows: &mut Vec<Row<E>>, taken: &[Row<E>], scratch: &mut Scratch<E>) {
        self.join(taken, rows, &mut scratch.middle);
        self.norm1.forward(&mut scratch.middle);
        self.feed_forward(&scratch.middle, &mut scratch.hidden, rows);
        self.norm2.forward(rows);
    }

    /// From the gradient in the output the gradients in the input and in the weights.
    pub(crate) fn backward(&self, saved: &Saved<E>, batch: &Batch, dy: Vec<Row<E>>) -> (Vec<Row<E>>, BlockGradient<E>) {
        vectorised(
            #[inline(always)]
            || self.backward_inlined(saved, batch, dy),
        )
    }

    #[inline(always)]
    fn backward_inlined(
        &self,
        saved: &Saved<E>,
        batch: &Batch,
        mut dy: Vec<Row<E>>,
    ) -> (Vec<Row<E>>, BlockGradient<E>) {
        let norm2 = self.norm2.backward(&saved.norm2, &mut dy);
        let narrow = LinearGradient::new(&saved.hidden, &dy);
        let mut dhidden = zeros(dy.len());
        self.narrow.input_gradient(&dy, &mut dhidden);
        stop_at_zeros(&mut dhidden, &saved.hidden);
        let widen = LinearGradient::new(&saved.middle, &dhidden);
        self.widen.input_gradient(&dhidden, &mut dy);

        let norm1 = self.norm1.backward(&saved.norm1, &mut dy);
        let out = LinearGradient::new(&saved.taken, &dy);
        let mut dtaken = zeros(dy.len());
        self.out.input_gradient(&dy, &mut dtaken);

        let projected = Projected { query: &saved.query, key: &saved.key, value: &saved.value };
        let [dquery, dkey, dvalue] = attention_gradient(batch, saved.queries, projected, &saved.shares, &dtaken);
        let query = LinearGradient::new(&saved.residual, &dquery);
        let key = LinearGradient::new(&saved.input, &dkey);
        let value = LinearGradient::new(&saved.input, &dvalue);
        let mut dx = zeros(saved.input.len());
        self.key.input_gradient(&dkey, &mut dx);
        self.value.input_gradient(&dvalue, &mut dx);
        self.query.input_gradient(&dquery, &mut dy);
        for (row, dy) in saved.queries.rows(batch).zip(&dy) {
            add(&mut dx[row], dy);
        }
        (dx, BlockGradient { query, key, value, out, norm1, widen, narrow, norm2 })
    }
}

impl<E> Saved<E> {
    /// For each query how much it took of each key.
    pub(crate) fn shares(&self) -> &Scores<E> {
        &self.shares
    }
}

/// ReLU: the negative ones become zero.
#[inline(always)]
fn stop_negatives<E: Real, const N: usize>(numbers: &mut [E; N]) {
    for x in numbers {
        *x = if *x > E::zero() { *x } else { E::zero() };
    }
}

/// The gradient of ReLU: nothing passes where its output was zero.
#[inline(always)]
fn stop_at_zeros<E: Real>(gradient: &mut [[E; HIDDEN]], hidden: &[[E; HIDDEN]]) {
    for (d, &h) in gradient.as_flattened_mut().iter_mut().zip(hidden.as_flattened()) {
        *d = if h > E::zero() { *d } else { E::zero() };
    }
}
