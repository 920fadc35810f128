//! The keys and values of past tokens, cached so that a step of causal sampling costs its candidates only.

use super::kernels::attention::{Columns, put};
use super::kernels::{LANES, Row, WIDTH};
use super::network::LAYERS;
use super::real::Real;

/// Tokens of each trace for which there is room from the beginning, if the traces can be as long.
pub(super) const RESERVED: usize = 64;

/// Layers in which a token's key and value depend on what was before it.
pub(super) const LATER: usize = LAYERS - 1;

/// The keys and values of the past tokens of traces.
#[derive(Debug, Default)]
pub(crate) struct Pages<E> {
    /// Those of the first layer: a token's are the same in all traces.
    pub(super) first: FirstLayer<E>,
    /// Those of the later layers, in pages that traces with a common beginning share. The first page is empty and stays
    /// so.
    pages: Vec<[Tokens<E>; LATER]>,
}

/// The keys and values that distinct past tokens have in the first layer.
#[derive(Debug, Default)]
pub(super) struct FirstLayer<E> {
    pub(super) keys: Vec<Columns<E>>,
    pub(super) values: Vec<Row<E>>,
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
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// Which of the first layer's tokens they are.
    pub(super) first: Vec<u32>,
    pages: Vec<usize>,
}

impl Past {
    /// Nothing yet, with room for so many tokens (up to some).
    pub(super) fn with_capacity(tokens: usize) -> Self {
        let tokens = tokens.min(RESERVED);
        Self { first: Vec::with_capacity(tokens), pages: Vec::with_capacity(tokens.div_ceil(LANES)) }
    }

    /// A copy, with as much room.
    fn copy(&self) -> Self {
        let (mut first, mut pages) =
            (Vec::with_capacity(self.first.capacity()), Vec::with_capacity(self.pages.capacity()));
        first.extend_from_slice(&self.first);
        pages.extend_from_slice(&self.pages);
        Self { first, pages }
    }

    /// The number of tokens.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }
}

impl<E: Real> FirstLayer<E> {
    /// Adds a token, and gives its position.
    pub(super) fn push(&mut self, key: &Row<E>, value: &Row<E>) -> u32 {
        let position = self.values.len();
        if position.is_multiple_of(LANES) {
            self.keys.push([[E::zero(); LANES]; WIDTH]);
        }
        if let Some(keys) = self.keys.last_mut() {
            put(keys, position % LANES, key);
        }
        self.values.push(*value);
        position as u32
    }
}

impl<E: Real> Pages<E> {
    /// Makes room for so many traces of so many tokens (up to some).
    pub(crate) fn reserve(&mut self, traces: usize, tokens: usize) {
        // One more for each, since a beginning that several traces leave remains.
        self.pages.reserve(traces * (tokens.min(RESERVED).div_ceil(LANES) + 1));
    }

    /// Makes a token part of a past: its position in the first layer, its key and value in each later one.
    pub(crate) fn push(&mut self, past: &mut Past, first: u32, later: [(&Row<E>, &Row<E>); LATER]) {
        let lane = past.len() % LANES;
        if lane == 0 {
            if self.pages.is_empty() {
                self.pages.push([Tokens::none(); LATER]);
            }
            past.pages.push(self.pages.len());
            self.pages.extend_from_within(..1);
        }
        if let Some(&last) = past.pages.last() {
            for (tokens, (key, value)) in self.pages[last].iter_mut().zip(later) {
                put(&mut tokens.keys, lane, key);
                tokens.values[lane] = *value;
            }
        }
        past.first.push(first);
    }

    /// A past like this one, for a trace that goes on otherwise: full pages are shared.
    pub(crate) fn branch(&mut self, past: &Past) -> Past {
        let mut branch = past.copy();
        if !past.len().is_multiple_of(LANES)
            && let Some(last) = branch.pages.last_mut()
        {
            let copy = self.pages[*last];
            *last = self.pages.len();
            self.pages.push(copy);
        }
        branch
    }

    /// The keys of a past in a later layer.
    #[inline(always)]
    pub(super) fn keys(&self, past: &Past, layer: usize) -> impl Iterator<Item = &Columns<E>> {
        past.pages.iter().map(move |&page| &self.pages[page][layer].keys)
    }

    /// The values of a past in a later layer.
    #[inline(always)]
    pub(super) fn values(&self, past: &Past, layer: usize) -> impl Iterator<Item = &[Row<E>]> {
        let each = past.pages.iter().enumerate();
        each.map(move |(i, &page)| &self.pages[page][layer].values[..(past.len() - i * LANES).min(LANES)])
    }
}
