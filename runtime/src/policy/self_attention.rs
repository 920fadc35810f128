//! Attention of the rows of a batch to each other, and its gradients.

use std::ops::Range;

use super::batch::Batch;
use super::kernels::attention::{Columns, Scores, side_by_side, take};
use super::kernels::{Row, add, add_scaled, dot, resize, zeros};
use super::network::LAYERS;
use super::real::Real;

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

    /// The rows of the batch that are queries, in order.
    pub(crate) fn rows(self, batch: &Batch) -> impl Iterator<Item = usize> {
        let count = match self {
            Self::All => batch.tokens.len(),
            Self::Outputs => batch.outputs.len(),
        };
        (0..count).map(move |query| self.row(batch, query))
    }

    /// The row that a query is.
    fn row(self, batch: &Batch, query: usize) -> usize {
        match self {
            Self::All => query,
            Self::Outputs => batch.outputs[query],
        }
    }

    /// The queries of a sequence.
    fn of_sequence(self, batch: &Batch, sequence: usize) -> Range<usize> {
        let sequence = &batch.sequences[sequence];
        match self {
            Self::All => sequence.rows.clone(),
            Self::Outputs => sequence.outputs.clone(),
        }
    }
}

/// What the layer's linear maps make of its input: `[queries, 24]`, and twice `[rows, 24]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projected<'a, E> {
    pub(crate) query: &'a [Row<E>],
    pub(crate) key: &'a [Row<E>],
    pub(crate) value: &'a [Row<E>],
}

/// What each query takes of the values, and how much of each.
#[inline(always)]
pub(crate) fn attend<E: Real>(batch: &Batch, queries: Queries, of: Projected<'_, E>) -> (Vec<Row<E>>, Scores<E>) {
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    let mut shares = Scores::default();
    for (s, sequence) in batch.sequences.iter().enumerate() {
        side_by_side(sequence.keys.iter().map(|&row| &of.key[row]), &mut keys);
        for query in queries.of_sequence(batch, s) {
            let row = queries.row(batch, query);
            let own = batch.own().then(|| dot(&of.query[query], &of.key[row]));
            shares.push(&of.query[query], keys.iter(), batch.visible[row], own, E::neg_infinity());
        }
    }
    shares.softmax();
    let mut taken = zeros(of.query.len());
    for (s, sequence) in batch.sequences.iter().enumerate() {
        values.clear();
        values.extend(sequence.keys.iter().map(|&row| of.value[row]));
        for query in queries.of_sequence(batch, s) {
            let row = queries.row(batch, query);
            let mut shares = shares.of(query);
            take(&mut taken[query], &mut shares, values[..batch.visible[row]].iter());
            take(&mut taken[query], &mut shares, batch.own().then_some(&of.value[row]).into_iter());
        }
    }
    (taken, shares)
}

/// Queries whose gradients are computed together: few enough for the nearest cache.
const TOGETHER: usize = 64;

/// The gradients in queries, keys and values, from those in what was taken.
#[inline(always)]
pub(crate) fn attention_gradient<E: Real>(
    batch: &Batch,
    queries: Queries,
    of: Projected<'_, E>,
    shares: &Scores<E>,
    dtaken: &[Row<E>],
) -> [Vec<Row<E>>; 3] {
    let mut dquery: Vec<Row<E>> = zeros(of.query.len());
    let (mut dkey, mut dvalue) = (zeros(of.key.len()), zeros(of.value.len()));
    let (mut keys, mut dscores, mut rows) = (SharedKeys::default(), Scores::default(), Vec::new());
    for (s, sequence) in batch.sequences.iter().enumerate() {
        keys.gather(&of, &sequence.keys);
        let all = queries.of_sequence(batch, s);
        for first in all.clone().step_by(TOGETHER) {
            let some = first..all.end.min(first + TOGETHER);
            rows.clear();
            rows.extend(some.clone().map(|query| queries.row(batch, query)));
            dscores.restart(first);
            for (query, &row) in some.clone().zip(&rows) {
                let own = batch.own().then(|| dot(&dtaken[query], &of.value[row]));
                dscores.push(&dtaken[query], keys.values.iter(), batch.visible[row], own, E::zero());
            }
            dscores.softmax_gradient(shares);
            let visible = |i: usize| batch.visible[rows[i]];
            let these = Together {
                first,
                query: &of.query[some.clone()],
                dtaken: &dtaken[some.clone()],
                shares,
                dscores: &dscores,
            };
            keys.accumulate(&these, visible, &mut dquery[some.clone()]);
            for (query, &row) in some.zip(&rows).filter(|_| batch.own()) {
                let (share, dscore) = (shares.at(query, batch.visible[row]), dscores.at(query, batch.visible[row]));
                add_scaled(&mut dquery[query], dscore, &of.key[row]);
                add_scaled(&mut dkey[row], dscore, &of.query[query]);
                add_scaled(&mut dvalue[row], share, &dtaken[query]);
            }
        }
        keys.scatter(&sequence.keys, &mut dkey, &mut dvalue);
    }
    [dquery, dkey, dvalue]
}

/// Queries of one sequence, from the `first` on, with how much they take of each key and the gradients in that.
#[derive(Clone, Copy)]
struct Together<'a, E> {
    first: usize,
    query: &'a [Row<E>],
    dtaken: &'a [Row<E>],
    shares: &'a Scores<E>,
    dscores: &'a Scores<E>,
}

/// The keys and values that the rows of one sequence share, with their gradients.
#[derive(Default)]
struct SharedKeys<E> {
    keys: Vec<Row<E>>,
    values: Vec<Columns<E>>,
    dkeys: Vec<Row<E>>,
    dvalues: Vec<Row<E>>,
}

impl<E: Real> SharedKeys<E> {
    #[inline(always)]
    fn gather(&mut self, of: &Projected<'_, E>, rows: &[usize]) {
        side_by_side(rows.iter().map(|&row| &of.value[row]), &mut self.values);
        self.keys.clear();
        self.keys.extend(rows.iter().map(|&row| of.key[row]));
        for gradient in [&mut self.dkeys, &mut self.dvalues] {
            gradient.clear();
            resize(gradient, rows.len());
        }
    }

    /// Adds what some queries do to the gradients of the keys and values that they see and to their own. Key by key, so that
    /// its gradients stay in registers; a later query sees no fewer keys than an earlier one.
    #[inline(always)]
    fn accumulate(&mut self, these: &Together<'_, E>, visible: impl Fn(usize) -> usize, dquery: &mut [Row<E>]) {
        let Together { first, query, dtaken, shares, dscores } = *these;
        let mut from = 0;
        for (k, key) in self.keys.iter().enumerate() {
            while from < query.len() && visible(from) <= k {
                from += 1;
            }
            let (mut dkey, mut dvalue) = (self.dkeys[k], self.dvalues[k]);
            for i in from..query.len() {
                let (share, dscore) = (shares.at(first + i, k), dscores.at(first + i, k));
                add_scaled(&mut dkey, dscore, &query[i]);
                add_scaled(&mut dvalue, share, &dtaken[i]);
                add_scaled(&mut dquery[i], dscore, key);
            }
            (self.dkeys[k], self.dvalues[k]) = (dkey, dvalue);
        }
    }

    #[inline(always)]
    fn scatter(&self, rows: &[usize], dkey: &mut [Row<E>], dvalue: &mut [Row<E>]) {
        for ((&row, dk), dv) in rows.iter().zip(&self.dkeys).zip(&self.dvalues) {
            add(&mut dkey[row], dk);
            add(&mut dvalue[row], dv);
        }
    }
}
