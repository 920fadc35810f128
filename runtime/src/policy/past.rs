//! The keys and values of past tokens, kept so that a step of causal sampling costs its candidates only.

use super::kernels::attention::{Columns, put};
use super::kernels::{LANES, Row, WIDTH};
use super::network::LAYERS;
use super::real::Real;

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
    pub(super) len: usize,
}

impl<E: Real> Pages<E> {
    /// Makes room for so many traces of so many tokens (up to some).
    pub(crate) fn reserve(&mut self, traces: usize, tokens: usize) {
        // One more for each, since a beginning that several traces leave is kept.
        self.pages.reserve(traces * (tokens.min(RESERVED).div_ceil(LANES) + 1));
    }

    /// Makes a token, with its key and value in each layer, part of a past.
    pub(crate) fn push(&mut self, past: &mut Past, token: [(&Row<E>, &Row<E>); LAYERS]) {
        let lane = past.len % LANES;
        if lane == 0 {
            if self.pages.is_empty() {
                self.pages.push([Tokens::none(); LAYERS]);
            }
            past.pages.push(self.pages.len());
            self.pages.extend_from_within(..1);
        }
        if let Some(&last) = past.pages.last() {
            for (tokens, (key, value)) in self.pages[last].iter_mut().zip(token) {
                put(&mut tokens.keys, lane, key);
                tokens.values[lane] = *value;
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
    pub(super) fn keys(&self, past: &Past, layer: usize) -> impl Iterator<Item = &Columns<E>> {
        past.pages.iter().map(move |&page| &self.pages[page][layer].keys)
    }

    #[inline(always)]
    pub(super) fn values(&self, past: &Past, layer: usize) -> impl Iterator<Item = &[Row<E>]> {
        let each = past.pages.iter().enumerate();
        each.map(move |(i, &page)| &self.pages[page][layer].values[..(past.len - i * LANES).min(LANES)])
    }
}
