//! Causal sampling: keys and values of past tokens are kept, so a step costs its candidates only.

use super::batch::Token;
use super::block::{Block, Scratch};
use super::kernels::attention::{Blocks, Own, attend};
use super::kernels::{Row, resize, vectorised};
use super::network::LAYERS;
use super::real::Real;
use super::weights::Weights;

/// The keys and values of the past tokens of one trace, layer by layer.
#[derive(Debug, Clone)]
pub(crate) struct Past<E> {
    layers: [Layer<E>; LAYERS],
}

#[derive(Debug, Clone)]
struct Layer<E> {
    keys: Blocks<E>,
    values: Vec<Row<E>>,
}

/// The candidates of one step of several traces, with all that is computed of them. Kept from step to step, so that no
/// step allocates.
#[derive(Debug)]
pub(crate) struct Candidates<E> {
    rows: Vec<Row<E>>,
    queries: Vec<Row<E>>,
    /// For each layer the candidates' own keys and values.
    keys: [Vec<Row<E>>; LAYERS],
    values: [Vec<Row<E>>; LAYERS],
    taken: Vec<Row<E>>,
    shares: Vec<E>,
    scratch: Scratch<E>,
}

impl<E: Real> Default for Past<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: Real> Past<E> {
    pub(crate) fn new() -> Self {
        Self { layers: std::array::from_fn(|_| Layer { keys: Blocks::new(), values: Vec::new() }) }
    }

    /// The number of past tokens.
    pub(crate) fn len(&self) -> usize {
        self.layers[0].values.len()
    }

    /// Makes one of the candidates last encoded part of the past.
    pub(crate) fn push(&mut self, candidates: &Candidates<E>, row: usize) {
        for (l, layer) in self.layers.iter_mut().enumerate() {
            layer.keys.push(&candidates.keys[l][row]);
            layer.values.push(candidates.values[l][row]);
        }
    }
}

impl<E: Real> Candidates<E> {
    pub(crate) fn new() -> Self {
        Self {
            rows: Vec::new(),
            queries: Vec::new(),
            keys: std::array::from_fn(|_| Vec::new()),
            values: std::array::from_fn(|_| Vec::new()),
            taken: Vec::new(),
            shares: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// The encodings of candidates. Each sees the past of its trace and itself; `groups` lists, in the order of the
    /// tokens, traces and how many of the candidates are theirs.
    pub(crate) fn encode(
        &mut self,
        weights: &Weights<E>,
        tokens: &[Token],
        groups: &[(usize, usize)],
        pasts: &[&Past<E>],
    ) -> &[Row<E>] {
        self.rows.clear();
        self.rows.extend(tokens.iter().map(|&token| weights.embed(token)));
        vectorised(
            #[inline(always)]
            || {
                for (layer, block) in weights.blocks.iter().enumerate() {
                    self.layer(layer, block, groups, pasts);
                }
            },
        );
        &self.rows
    }

    #[inline(always)]
    fn layer(&mut self, layer: usize, block: &Block<E>, groups: &[(usize, usize)], pasts: &[&Past<E>]) {
        let (keys, values) = (&mut self.keys[layer], &mut self.values[layer]);
        block.key.apply_into(&self.rows, keys);
        block.value.apply_into(&self.rows, values);
        block.query.apply_into(&self.rows, &mut self.queries);
        resize(&mut self.taken, self.rows.len());
        let mut row = 0;
        for &(trace, candidates) in groups {
            let past = &pasts[trace].layers[layer];
            self.shares.resize(past.values.len() + 1, E::zero());
            for _ in 0..candidates {
                let own = Own { key: &keys[row], value: &values[row] };
                let past_values = past.values.iter();
                self.taken[row] = attend(&self.queries[row], &past.keys, past_values, Some(own), &mut self.shares);
                row += 1;
            }
        }
        block.finish(&mut self.rows, &self.taken, &mut self.scratch);
    }
}
