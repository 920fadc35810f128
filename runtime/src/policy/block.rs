//! One layer of the encoder: attention, feed-forward, and a normalisation after each (post-norm), as PyTorch's
//! `TransformerEncoderLayer(24, 1, 96, dropout=0)`.

use super::batch::Batch;
use super::kernels::attention::{Columns, Scores, side_by_side, take};
use super::kernels::linear::{Linear, LinearGradient};
use super::kernels::norm::{Norm, NormGradient, Normalised};
use super::kernels::{HIDDEN, Row, WIDTH, add, add_scaled, dot, resize, vectorised, zeros};
use super::network::LAYERS;
use super::real::Real;

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

/// Which rows of a batch a layer computes: all, since the next layer attends to them, or the outputs only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Queries {
    All,
    Outputs,
}

impl Queries {
    /// The last layer is asked for the outputs only.
    pub(crate) fn of_layer(layer: usize) -> Self {
        if layer + 1 == LAYERS { Self::Outputs } else { Self::All }
    }
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
        let rows = query_rows(batch, queries);
        let residual: Vec<Row<E>> = rows.iter().map(|&row| input[row]).collect();
        let (key, value) = (self.key.apply(&input), self.value.apply(&input));
        let query = self.query.apply(&residual);
        let (taken, shares) = attend(batch, queries, &query, &key, &value);

        let mut middle = self.out.apply(&taken);
        add_rows(&mut middle, &residual);
        let norm1 = self.norm1.forward_saving(&mut middle);
        let (hidden, mut output) = self.feed_forward(&middle);
        let norm2 = self.norm2.forward_saving(&mut output);
        let saved = Saved { queries, input, key, value, residual, query, taken, norm1, middle, hidden, norm2, shares };
        (output, saved)
    }

    /// The hidden rows after ReLU, and the output before its normalisation.
    #[inline(always)]
    fn feed_forward(&self, middle: &[Row<E>]) -> (Vec<[E; HIDDEN]>, Vec<Row<E>>) {
        let (mut hidden, mut output) = (Vec::new(), Vec::new());
        self.feed_forward_into(middle, &mut hidden, &mut output);
        (hidden, output)
    }

    #[inline(always)]
    fn feed_forward_into(&self, middle: &[Row<E>], hidden: &mut Vec<[E; HIDDEN]>, output: &mut Vec<Row<E>>) {
        self.widen.apply_into(middle, hidden);
        for x in hidden.as_flattened_mut() {
            *x = if *x > E::zero() { *x } else { E::zero() };
        }
        self.narrow.apply_into(hidden, output);
        add_rows(output, middle);
    }

    /// Everything after attention: `rows`, the layer's input, become its output.
    #[inline(always)]
    pub(crate) fn finish(&self, rows: &mut Vec<Row<E>>, taken: &[Row<E>], scratch: &mut Scratch<E>) {
        self.out.apply_into(taken, &mut scratch.middle);
        add_rows(&mut scratch.middle, rows);
        self.norm1.forward(&mut scratch.middle);
        self.feed_forward_into(&scratch.middle, &mut scratch.hidden, rows);
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

        let [dquery, dkey, dvalue] = attention_gradient(saved, batch, &dtaken);
        let query = LinearGradient::new(&saved.residual, &dquery);
        let key = LinearGradient::new(&saved.input, &dkey);
        let value = LinearGradient::new(&saved.input, &dvalue);
        let mut dx = zeros(saved.input.len());
        self.key.input_gradient(&dkey, &mut dx);
        self.value.input_gradient(&dvalue, &mut dx);
        self.query.input_gradient(&dquery, &mut dy);
        for (row, dy) in query_rows(batch, saved.queries).into_iter().zip(&dy) {
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

fn query_rows(batch: &Batch, queries: Queries) -> Vec<usize> {
    match queries {
        Queries::All => (0..batch.tokens.len()).collect(),
        Queries::Outputs => batch.outputs.clone(),
    }
}

/// For each sequence of the batch the positions of its queries, and the row of the batch that each is.
fn sequence_queries(
    batch: &Batch,
    queries: Queries,
    sequence: usize,
) -> impl Iterator<Item = (usize, usize)> + Clone + use<'_> {
    let sequence = &batch.sequences[sequence];
    let range = match queries {
        Queries::All => sequence.rows.clone(),
        Queries::Outputs => sequence.outputs.clone(),
    };
    range.map(move |query| match queries {
        Queries::All => (query, query),
        Queries::Outputs => (query, batch.outputs[query]),
    })
}

/// What each query takes of the values, and how much of each.
#[inline(always)]
fn attend<E: Real>(
    batch: &Batch,
    queries: Queries,
    query: &[Row<E>],
    key: &[Row<E>],
    value: &[Row<E>],
) -> (Vec<Row<E>>, Scores<E>) {
    let (mut blocks, mut shares) = (Vec::new(), Scores::default());
    for (s, sequence) in batch.sequences.iter().enumerate() {
        side_by_side(sequence.keys.iter().map(|&row| &key[row]), &mut blocks);
        for (q, row) in sequence_queries(batch, queries, s) {
            let own = batch.own().then(|| dot(&query[q], &key[row]));
            shares.push(&query[q], blocks.iter(), batch.seen[row], own, E::neg_infinity());
        }
    }
    shares.softmax();
    let (mut taken, mut values) = (zeros(query.len()), Vec::new());
    for (s, sequence) in batch.sequences.iter().enumerate() {
        values.clear();
        values.extend(sequence.keys.iter().map(|&row| value[row]));
        for (q, row) in sequence_queries(batch, queries, s) {
            let seen = std::iter::once(&values[..batch.seen[row]]);
            taken[q] = take(shares.of(q), seen, batch.own().then(|| &value[row]));
        }
    }
    (taken, shares)
}

/// Queries of a sequence whose gradients in the scores are kept at once.
const GRADIENTS_KEPT: usize = 64;

/// The gradients in queries, keys and values.
#[inline(always)]
fn attention_gradient<E: Real>(saved: &Saved<E>, batch: &Batch, dtaken: &[Row<E>]) -> [Vec<Row<E>>; 3] {
    let mut dquery: Vec<Row<E>> = zeros(saved.query.len());
    let (mut dkey, mut dvalue) = (zeros(saved.key.len()), zeros(saved.value.len()));
    let (mut shared, mut dscores) = (SharedKeys::default(), Scores::default());
    for (s, sequence) in batch.sequences.iter().enumerate() {
        shared.gather(&saved.key, &saved.value, &sequence.keys);
        let mut queries = sequence_queries(batch, saved.queries, s).peekable();
        while let Some(&(first, _)) = queries.peek() {
            dscores.restart(first);
            let some = || queries.clone().take(GRADIENTS_KEPT);
            for (q, row) in some() {
                let own = batch.own().then(|| dot(&dtaken[q], &saved.value[row]));
                dscores.push(&dtaken[q], shared.values.iter(), batch.seen[row], own, E::zero());
            }
            dscores.softmax_gradient(&saved.shares);
            for (q, row) in some() {
                let (query, dout, seen) = (&saved.query[q], &dtaken[q], batch.seen[row]);
                let (mut shares, mut dscores) = (saved.shares.of(q), dscores.of(q));
                let mut sum = shared.accumulate(query, dout, seen, &mut shares, &mut dscores);
                if let (true, Some(share), Some(dscore)) = (batch.own(), shares.next(), dscores.next()) {
                    add_scaled(&mut sum, dscore, &saved.key[row]);
                    add_scaled(&mut dkey[row], dscore, query);
                    add_scaled(&mut dvalue[row], share, dout);
                }
                dquery[q] = sum;
            }
            queries.nth(GRADIENTS_KEPT - 1);
        }
        shared.scatter(&sequence.keys, &mut dkey, &mut dvalue);
    }
    [dquery, dkey, dvalue]
}

/// The keys and values that the rows of one sequence share, side by side, with their gradients.
#[derive(Default)]
struct SharedKeys<E> {
    keys: Vec<Row<E>>,
    values: Vec<Columns<E>>,
    dkeys: Vec<Row<E>>,
    dvalues: Vec<Row<E>>,
}

impl<E: Real> SharedKeys<E> {
    #[inline(always)]
    fn gather(&mut self, key: &[Row<E>], value: &[Row<E>], rows: &[usize]) {
        side_by_side(rows.iter().map(|&row| &value[row]), &mut self.values);
        self.keys.clear();
        self.keys.extend(rows.iter().map(|&row| key[row]));
        for gradient in [&mut self.dkeys, &mut self.dvalues] {
            gradient.clear();
            resize(gradient, rows.len());
        }
    }

    /// Adds what one query does to the gradients of the keys and values that it sees; gives the gradient in the query.
    #[inline(always)]
    fn accumulate(
        &mut self,
        query: &Row<E>,
        dout: &Row<E>,
        seen: usize,
        shares: impl Iterator<Item = E>,
        dscores: impl Iterator<Item = E>,
    ) -> Row<E> {
        let mut sum = [E::zero(); WIDTH];
        for ((key, dkey), dscore) in self.keys[..seen].iter().zip(&mut self.dkeys).zip(dscores) {
            add_scaled(&mut sum, dscore, key);
            add_scaled(dkey, dscore, query);
        }
        for (dvalue, share) in self.dvalues[..seen].iter_mut().zip(shares) {
            add_scaled(dvalue, share, dout);
        }
        sum
    }

    #[inline(always)]
    fn scatter(&self, rows: &[usize], dkey: &mut [Row<E>], dvalue: &mut [Row<E>]) {
        for ((&row, dk), dv) in rows.iter().zip(&self.dkeys).zip(&self.dvalues) {
            add(&mut dkey[row], dk);
            add(&mut dvalue[row], dv);
        }
    }
}

#[inline(always)]
fn add_rows<E: Real>(y: &mut [Row<E>], x: &[Row<E>]) {
    for (y, &x) in y.as_flattened_mut().iter_mut().zip(x.as_flattened()) {
        *y += x;
    }
}

/// The gradient of ReLU: nothing passes where its output was zero.
#[inline(always)]
fn stop_at_zeros<E: Real>(gradient: &mut [[E; HIDDEN]], hidden: &[[E; HIDDEN]]) {
    for (d, &h) in gradient.as_flattened_mut().iter_mut().zip(hidden.as_flattened()) {
        *d = if h > E::zero() { *d } else { E::zero() };
    }
}
