//! The candidates of one step of causal sampling, encoded together.

use super::batch::Token;
use super::block::{Block, Scratch};
use super::distinct::Distinct;
use super::kernels::attention::{Scores, take};
use super::kernels::{Row, dot, resize, vectorised};
use super::network::LAYERS;
use super::past::{Pages, Past};
use super::real::Real;
use super::weights::Weights;

/// The candidates of one step of several traces, with all that is computed of them. Kept from step to step, so that no
/// step allocates.
#[derive(Debug, Default)]
pub(crate) struct Candidates<E> {
    distinct: Distinct,
    /// The first layer's input for each distinct token, and what one of its linear maps makes of it.
    embedded: Vec<Row<E>>,
    mapped: Vec<Row<E>>,
    rows: Vec<Row<E>>,
    queries: Vec<Row<E>>,
    /// For each layer the candidates' own keys and values.
    keys: [Vec<Row<E>>; LAYERS],
    values: [Vec<Row<E>>; LAYERS],
    taken: Vec<Row<E>>,
    shares: Scores<E>,
    scratch: Scratch<E>,
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
        self.embedded.clear();
        self.embedded.extend(self.distinct.tokens().iter().map(|&token| weights.embed(token)));
        vectorised(
            #[inline(always)]
            || {
                for (layer, block) in weights.blocks.iter().enumerate() {
                    match layer {
                        0 => self.map_distinct(block),
                        _ => self.map(layer, block),
                    }
                    self.attend(layer, groups, pages, &past);
                    block.finish(&mut self.rows, &self.taken, &mut self.scratch);
                }
            },
        );
        &self.rows
    }

    /// The key and the value of one of the candidates last encoded, in each layer.
    pub(crate) fn token(&self, row: usize) -> [(&Row<E>, &Row<E>); LAYERS] {
        std::array::from_fn(|layer| (&self.keys[layer][row], &self.values[layer][row]))
    }

    /// Queries, keys and values of the first layer, computed once for tokens that are alike.
    #[inline(always)]
    fn map_distinct(&mut self, block: &Block<E>) {
        let which = self.distinct.which();
        let spread = |from: &[Row<E>], to: &mut Vec<Row<E>>| {
            to.clear();
            to.extend(which.iter().map(|&i| from[i]));
        };
        spread(&self.embedded, &mut self.rows);
        let maps = [&block.query, &block.key, &block.value];
        for (map, to) in maps.into_iter().zip([&mut self.queries, &mut self.keys[0], &mut self.values[0]]) {
            map.apply_into(&self.embedded, &mut self.mapped);
            spread(&self.mapped, to);
        }
    }

    /// Queries, keys and values of a later layer, in which candidates with different pasts differ.
    #[inline(always)]
    fn map(&mut self, layer: usize, block: &Block<E>) {
        block.query.apply_into(&self.rows, &mut self.queries);
        block.key.apply_into(&self.rows, &mut self.keys[layer]);
        block.value.apply_into(&self.rows, &mut self.values[layer]);
    }

    #[inline(always)]
    fn attend<'p>(
        &mut self,
        layer: usize,
        groups: &[(usize, usize)],
        pages: &Pages<E>,
        past: &impl Fn(usize) -> &'p Past,
    ) {
        let (keys, values) = (&self.keys[layer], &self.values[layer]);
        let each = || groups.iter().flat_map(|&(trace, candidates)| std::iter::repeat_n(trace, candidates)).enumerate();
        self.shares.restart(0);
        for (row, trace) in each() {
            let (query, past) = (&self.queries[row], past(trace));
            self.shares.push(query, pages.keys(past, layer), past.len, Some(dot(query, &keys[row])), E::neg_infinity());
        }
        self.shares.softmax();
        resize(&mut self.taken, self.rows.len());
        for (row, trace) in each() {
            self.taken[row] = take(self.shares.of(row), pages.values(past(trace), layer), Some(&values[row]));
        }
    }
}
