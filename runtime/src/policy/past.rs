//! Causal sampling: keys and values of past tokens are kept, so a step costs its candidates only.

use super::batch::Token;
use super::block::{Block, Scratch};
use super::distinct::Distinct;
use super::kernels::attention::{Columns, Scores, put, take};
use super::kernels::{LANES, Row, WIDTH, dot, resize, vectorised};
use super::network::LAYERS;
use super::real::Real;
use super::weights::Weights;

/// Tokens of each trace for which there is room from the beginning, if the traces can be as long.
pub(super) const RESERVED: usize = 64;

/// The keys and values of the past tokens of traces, in pages that traces with a common beginning share.
#[derive(Debug, Default)]
pub(crate) struct Pages<E> {
    /// The first one is empty and stays so.
    pages: Vec<[Tokens<E>; LAYERS]>,
}

/// The keys and values of some tokens in one layer.
#[derive(Debug, Clone, Copy)]
struct Tokens<E> {
    keys: Columns<E>,
    values: [Row<E>; LANES],
}

impl<E: Real> Tokens<E> {
    fn none() -> Self {
        Self { keys: [[E::zero(); LANES]; WIDTH], values: [[E::zero(); WIDTH]; LANES] }
    }
}

/// The past of one trace: its pages, all but the last of which are full.
#[derive(Debug, Clone, Default)]
pub(crate) struct Past {
    pages: Vec<usize>,
    len: usize,
}

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

impl<E: Real> Pages<E> {
    /// Makes room for so many traces of so many tokens (up to some).
    pub(crate) fn reserve(&mut self, traces: usize, tokens: usize) {
        // One more for each, since a beginning that several traces leave is kept.
        self.pages.reserve(traces * (tokens.min(RESERVED).div_ceil(LANES) + 1));
    }

    /// Makes one of the candidates last encoded part of a past.
    pub(crate) fn push(&mut self, past: &mut Past, candidates: &Candidates<E>, row: usize) {
        let lane = past.len % LANES;
        if lane == 0 {
            if self.pages.is_empty() {
                self.pages.push([Tokens::none(); LAYERS]);
            }
            past.pages.push(self.pages.len());
            self.pages.extend_from_within(..1);
        }
        if let Some(&last) = past.pages.last() {
            for (l, tokens) in self.pages[last].iter_mut().enumerate() {
                put(&mut tokens.keys, lane, &candidates.keys[l][row]);
                tokens.values[lane] = candidates.values[l][row];
            }
        }
        past.len += 1;
    }

    /// A past like this one, for a trace that goes on otherwise: full pages are shared.
    pub(crate) fn branch(&mut self, past: &Past) -> Past {
        let mut branch = past.clone();
        if !past.len.is_multiple_of(LANES)
            && let Some(last) = branch.pages.last_mut()
        {
            let copy = self.pages[*last];
            *last = self.pages.len();
            self.pages.push(copy);
        }
        branch
    }

    #[inline(always)]
    fn keys(&self, past: &Past, layer: usize) -> impl Iterator<Item = &Columns<E>> {
        past.pages.iter().map(move |&page| &self.pages[page][layer].keys)
    }

    #[inline(always)]
    fn values(&self, past: &Past, layer: usize) -> impl Iterator<Item = &[Row<E>]> {
        let each = past.pages.iter().enumerate();
        each.map(move |(i, &page)| &self.pages[page][layer].values[..(past.len - i * LANES).min(LANES)])
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
