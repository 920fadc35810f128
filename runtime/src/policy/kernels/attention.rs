//! Scaled dot-product attention of one head (Vaswani et al. 2017, equation 1): scores, their softmax, and what is taken.
//!
//! A query sees the first so many of a list of keys and, where attention is causal, its own token besides. Keys stand
//! side by side, [`LANES`] in a block, so that as many scores are computed at once.

use std::ops::Range;

use super::{LANES, Row, WIDTH, add, add_scaled};
use crate::policy::real::Real;

/// Rows side by side, component by component.
pub(crate) type Columns<E> = [[E; LANES]; WIDTH];

/// Makes a row one of those side by side.
#[inline(always)]
pub(crate) fn put<E: Real>(columns: &mut Columns<E>, lane: usize, row: &Row<E>) {
    for (lanes, &x) in columns.iter_mut().zip(row) {
        lanes[lane] = x;
    }
}

/// Puts rows side by side, [`LANES`] in a block.
#[inline(always)]
pub(crate) fn side_by_side<'a, E: Real + 'a>(rows: impl Iterator<Item = &'a Row<E>>, blocks: &mut Vec<Columns<E>>) {
    blocks.clear();
    for (i, row) in rows.enumerate() {
        if i % LANES == 0 {
            blocks.push([[E::zero(); LANES]; WIDTH]);
        }
        if let Some(block) = blocks.last_mut() {
            put(block, i % LANES, row);
        }
    }
}

/// `row · rows[n]` for the rows of a block.
#[inline(always)]
pub(crate) fn dots<E: Real>(row: &Row<E>, rows: &Columns<E>) -> [E; LANES] {
    let mut sums = [E::zero(); LANES];
    for (lanes, &x) in rows.iter().zip(row) {
        add_scaled(&mut sums, x, lanes);
    }
    sums
}

/// For each query a number for each key that it sees, its own token's last where attention is causal.
///
/// [`LANES`] queries stand side by side, so that what is done to the numbers of one is done to those of all of them at
/// once, and in the same order whatever stands beside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scores<E> {
    /// `[keys][LANES]` of each group of queries.
    numbers: Vec<[E; LANES]>,
    /// Where each group starts.
    starts: Vec<usize>,
    /// How many keys each query sees.
    keys: Vec<usize>,
    /// Queries before the first group.
    before: usize,
}

impl<E: Real> Scores<E> {
    /// Drops all queries; the next one is the `query`-th, and stands in the lane of this number.
    pub(crate) fn restart(&mut self, query: usize) {
        self.numbers.clear();
        self.starts.clear();
        self.keys.clear();
        self.before = query - query % LANES;
        self.starts.extend((self.before < query).then_some(0));
        self.keys.resize(query % LANES, 0);
    }

    /// Adds a query: `row · rows[n]` for the first `visible` rows, then `own`. What fills up the shorter queries of a group
    /// is `rest`.
    #[inline(always)]
    pub(crate) fn push<'a>(
        &mut self,
        row: &Row<E>,
        rows: impl Iterator<Item = &'a Columns<E>>,
        visible: usize,
        own: Option<E>,
        rest: E,
    ) where
        E: 'a,
    {
        let (lane, numbers) = self.room(visible + usize::from(own.is_some()), rest);
        let (past, last) = numbers.split_at_mut(visible);
        for (numbers, rows) in past.chunks_mut(LANES).zip(rows) {
            for (numbers, dot) in numbers.iter_mut().zip(dots(row, rows)) {
                numbers[lane] = dot;
            }
        }
        if let (Some(own), [numbers]) = (own, last) {
            numbers[lane] = own;
        }
    }

    /// Adds a query, for a softmax, whose scores are known: those of the keys at these positions, then `own`.
    #[inline(always)]
    pub(crate) fn push_known(&mut self, known: &[E], positions: &[u32], own: E) {
        let (lane, numbers) = self.room(positions.len() + 1, E::neg_infinity());
        for (numbers, &position) in numbers.iter_mut().zip(positions) {
            numbers[lane] = known[position as usize];
        }
        if let Some(last) = numbers.last_mut() {
            last[lane] = own;
        }
    }

    /// The lane of the next query, and the rows of its numbers.
    #[inline(always)]
    fn room(&mut self, keys: usize, rest: E) -> (usize, &mut [[E; LANES]]) {
        let lane = self.keys.len() % LANES;
        if lane == 0 {
            self.starts.push(self.numbers.len());
        }
        self.keys.push(keys);
        let start = self.starts.last().map_or(0, |&start| start);
        if self.numbers.len() < start + keys {
            self.numbers.resize(start + keys, [rest; LANES]);
        }
        (lane, &mut self.numbers[start..start + keys])
    }

    /// The numbers of one query.
    #[inline(always)]
    pub(crate) fn of(&self, query: usize) -> impl Iterator<Item = E> {
        let query = query - self.before;
        let (start, lane) = (self.starts[query / LANES], query % LANES);
        self.numbers[start..start + self.keys[query]].iter().map(move |numbers| numbers[lane])
    }

    /// One number of a query.
    #[inline(always)]
    pub(crate) fn at(&self, query: usize, key: usize) -> E {
        let query = query - self.before;
        self.numbers[self.starts[query / LANES] + key][query % LANES]
    }

    /// The softmax of each query's scores, scaled, with the largest taken off first. What fills up is to be −∞.
    #[inline(always)]
    pub(crate) fn softmax(&mut self) {
        for group in 0..self.starts.len() {
            let range = self.range(group);
            let numbers = &mut self.numbers[range];
            let mut most = [E::neg_infinity(); LANES];
            for scores in &mut *numbers {
                *scores = scores.map(|score| score * scale());
                for (most, &score) in most.iter_mut().zip(&*scores) {
                    *most = if score > *most { score } else { *most };
                }
            }
            let mut sum = [E::zero(); LANES];
            for scores in &mut *numbers {
                for (score, &most) in scores.iter_mut().zip(&most) {
                    *score = (*score - most).exp_of_negative();
                }
                add(&mut sum, scores);
            }
            let inverse = sum.map(E::recip);
            for shares in numbers {
                multiply(shares, &inverse);
            }
        }
    }

    /// Turns the gradient in the shares, which the softmax gave, into that in the scores before scaling. What fills up is
    /// to be 0.
    #[inline(always)]
    pub(crate) fn softmax_gradient(&mut self, shares: &Self) {
        for group in 0..self.starts.len() {
            let (range, theirs) = (self.range(group), shares.range(group + (self.before - shares.before) / LANES));
            let (numbers, shares) = (&mut self.numbers[range], &shares.numbers[theirs]);
            let mut mean = [E::zero(); LANES];
            for (gradients, shares) in numbers.iter().zip(shares) {
                for ((mean, &gradient), &share) in mean.iter_mut().zip(gradients).zip(shares) {
                    *mean += share * gradient;
                }
            }
            for (gradients, shares) in numbers.iter_mut().zip(shares) {
                for ((gradient, &mean), &share) in gradients.iter_mut().zip(&mean).zip(shares) {
                    *gradient = share * (*gradient - mean) * scale();
                }
            }
        }
    }

    fn range(&self, group: usize) -> Range<usize> {
        self.starts[group]..self.starts.get(group + 1).map_or(self.numbers.len(), |&next| next)
    }
}

/// `y *= x`, number by number
#[inline(always)]
fn multiply<E: Real>(y: &mut [E; LANES], x: &[E; LANES]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y *= x;
    }
}

/// `1 / √WIDTH`
#[inline(always)]
fn scale<E: Real>() -> E {
    E::real(1.0 / (WIDTH as f64).sqrt())
}

/// Adds what a query takes of values, by its share of each; shares that are left are those of later values.
#[inline(always)]
pub(crate) fn take<'a, E: Real + 'a>(
    sum: &mut Row<E>,
    shares: &mut impl Iterator<Item = E>,
    values: impl Iterator<Item = &'a Row<E>>,
) {
    let mut taken = *sum;
    for (value, share) in values.zip(shares) {
        add_scaled(&mut taken, share, value);
    }
    *sum = taken;
}
