//! The candidates of one step of causal sampling, encoded together.

use super::batch::Token;
use super::block::{Block, Scratch};
use super::distinct::Distinct;
use super::kernels::attention::{Scores, dots, take};
use super::kernels::{LANES, Row, WIDTH, dot, vectorised};
use super::past::{FirstLayer, LATER, Pages, Past};
use super::real::Real;
use super::weights::Weights;

/// The candidates of one step of several traces, with all that is computed of them. It stays from step to step, so that no
/// step allocates.
#[derive(Debug, Default)]
pub(crate) struct Candidates<E> {
    distinct: Distinct,
    first: First<E>,
    rows: Vec<Row<E>>,
    queries: Vec<Row<E>>,
    /// For each later layer the candidates' own keys and values.
    keys: [Vec<Row<E>>; LATER],
    values: [Vec<Row<E>>; LATER],
    taken: Vec<Row<E>>,
    shares: Scores<E>,
    scratch: Scratch<E>,
}

/// What the first layer makes of the distinct candidates, whatever was before them.
#[derive(Debug, Default)]
struct First<E> {
    rows: Vec<Row<E>>,
    queries: Vec<Row<E>>,
    keys: Vec<Row<E>>,
    values: Vec<Row<E>>,
    /// `[candidates][past tokens]`, these in whole blocks.
    scores: Vec<[E; LANES]>,
    /// Where those became past tokens that did.
    cached: Vec<Option<u32>>,
}

impl<E: Real> First<E> {
    #[inline(always)]
    fn map(&mut self, block: &Block<E>, past: &FirstLayer<E>) {
        block.query.apply_into(&self.rows, &mut self.queries);
        block.key.apply_into(&self.rows, &mut self.keys);
        block.value.apply_into(&self.rows, &mut self.values);
        self.scores.clear();
        for query in &self.queries {
            self.scores.extend(past.keys.iter().map(|keys| dots(query, keys)));
        }
        self.cached.clear();
        self.cached.resize(self.rows.len(), None);
    }

    /// The scores of a candidate for all past tokens.
    #[inline(always)]
    fn scores(&self, candidate: usize, past: &FirstLayer<E>) -> &[E] {
        let blocks = past.keys.len();
        self.scores[candidate * blocks..(candidate + 1) * blocks].as_flattened()
    }
}

impl<E: Real> Candidates<E> {
    /// The encodings of candidates. Each sees the past of its trace and itself; `groups` lists, in the order of the
    /// tokens, traces and how many of the candidates are theirs.
    pub(crate) fn encode<'p>(
        &mut self,
        weights: &Weights<E>,
        tokens: &[Token],
        groups: &[(usize, usize)],
        pages: &Pages<E>,
        past: impl Fn(usize) -> &'p Past,
    ) -> &[Row<E>] {
        self.distinct.find(tokens, groups);
        self.first.rows.clear();
        self.first.rows.extend(self.distinct.tokens().iter().map(|&token| weights.embed(token)));
        self.rows.clear();
        self.rows.extend(self.distinct.which().iter().map(|&i| self.first.rows[i]));
        vectorised(
            #[inline(always)]
            || {
                let Some((first, later)) = weights.blocks.split_first() else { return };
                self.first.map(first, &pages.first);
                self.attend_first(groups, pages, &past);
                first.finish(&mut self.rows, &self.taken, &mut self.scratch);
                for (layer, block) in later.iter().enumerate() {
                    block.query.apply_into(&self.rows, &mut self.queries);
                    block.key.apply_into(&self.rows, &mut self.keys[layer]);
                    block.value.apply_into(&self.rows, &mut self.values[layer]);
                    self.attend(layer, groups, pages, &past);
                    block.finish(&mut self.rows, &self.taken, &mut self.scratch);
                }
            },
        );
        &self.rows
    }

    /// Makes one of the candidates last encoded part of a past.
    pub(crate) fn commit(&mut self, row: usize, pages: &mut Pages<E>, past: &mut Past) {
        let (which, first) = (self.distinct.which()[row], &mut self.first);
        let (key, value) = (&first.keys[which], &first.values[which]);
        let position = *first.cached[which].get_or_insert_with(|| pages.first.push(key, value));
        let later = std::array::from_fn(|layer| (&self.keys[layer][row], &self.values[layer][row]));
        pages.push(past, position, later);
    }

    /// In the first layer, scores and values are read from tables.
    #[inline(always)]
    fn attend_first<'p>(&mut self, groups: &[(usize, usize)], pages: &Pages<E>, past: &impl Fn(usize) -> &'p Past) {
        let (first, which) = (&self.first, self.distinct.which());
        self.shares.restart(0);
        for ((_, trace), &which) in each(groups).zip(which) {
            let (past, scores) = (&past(trace).first, first.scores(which, &pages.first));
            let own = dot(&first.queries[which], &first.keys[which]);
            self.shares.push_known(scores, past, own);
        }
        self.shares.softmax();
        self.taken.clear();
        for ((row, trace), &which) in each(groups).zip(which) {
            let (mut taken, mut shares) = ([E::zero(); WIDTH], self.shares.of(row));
            take(&mut taken, &mut shares, past(trace).first.iter().map(|&token| &pages.first.values[token as usize]));
            take(&mut taken, &mut shares, std::iter::once(&first.values[which]));
            self.taken.push(taken);
        }
    }

    /// In a later layer.
    #[inline(always)]
    fn attend<'p>(
        &mut self,
        layer: usize,
        groups: &[(usize, usize)],
        pages: &Pages<E>,
        past: &impl Fn(usize) -> &'p Past,
    ) {
        let (keys, values) = (&self.keys[layer], &self.values[layer]);
        self.shares.restart(0);
        for (row, trace) in each(groups) {
            let (query, past) = (&self.queries[row], past(trace));
            self.shares.push(
                query,
                pages.keys(past, layer),
                past.len(),
                Some(dot(query, &keys[row])),
                E::neg_infinity(),
            );
        }
        self.shares.softmax();
        self.taken.clear();
        for (row, trace) in each(groups) {
            let (mut taken, mut shares) = ([E::zero(); WIDTH], self.shares.of(row));
            for values in pages.values(past(trace), layer) {
                take(&mut taken, &mut shares, values.iter());
            }
            take(&mut taken, &mut shares, std::iter::once(&values[row]));
            self.taken.push(taken);
        }
    }
}

/// The rows of all candidates, each with its trace.
#[inline(always)]
fn each(groups: &[(usize, usize)]) -> impl Iterator<Item = (usize, usize)> {
    groups.iter().flat_map(|&(trace, candidates)| std::iter::repeat_n(trace, candidates)).enumerate()
}
