//! The log-probabilities of decisions after the beginnings of several traces. A beginning that traces have in common is
//! encoded once.

use std::borrow::Cow;
use std::ops::Range;

use super::batch::{Attention, Batch, Path, Token};
use super::candidates::Candidates;
use super::past::{Pages, Past};
use super::softmax::log_softmax_in_place;
use super::walker::Walker;
use super::weights::Weights;
use crate::space::cursor::Pending;

/// Encodes the candidates of one step of all beginnings. What it fills stays from step to step.
pub(super) struct Encoder<'a> {
    weights: &'a Weights<f32>,
    start: Token,
    attention: Attention,
    candidates: Candidates<f32>,
    pages: Pages<f32>,
    /// The beginnings of this step.
    now: Vec<Beginning>,
    /// Those of the next one.
    next: Vec<Beginning>,
    /// The actions available after the beginnings of this step, one beginning after the other.
    tokens: Vec<Token>,
    /// For each beginning of this step that has candidates: which it is, and how many they are.
    groups: Vec<(usize, usize)>,
    /// Of each candidate of this step the log-probability.
    log_probs: Vec<f64>,
    /// For each candidate of this step the beginning, of the next one, that ends with it.
    after: Vec<Option<usize>>,
}

/// The first decisions of one or more traces.
#[derive(Default)]
struct Beginning {
    /// The cached keys and values; unused with full attention.
    past: Past,
    /// How many traces have it.
    traces: usize,
    /// Its candidates among all of the step.
    candidates: Range<usize>,
}

impl<'a> Encoder<'a> {
    /// Of the beginning that so many traces have in common.
    pub(super) fn new(weights: &'a Weights<f32>, attention: Attention, start: Token, traces: usize) -> Self {
        let mut candidates = Candidates::default();
        let (mut past, mut pages) = (Past::default(), Pages::default());
        if attention == Attention::Causal {
            past = Past::with_capacity(weights.positions.len());
            pages.reserve(traces, weights.positions.len());
            candidates.encode(weights, &[start], &[(0, 1)], &pages, |_| &past);
            candidates.commit(0, &mut pages, &mut past);
        }
        Self {
            weights,
            start,
            attention,
            candidates,
            pages,
            now: Vec::new(),
            next: vec![Beginning { past, ..Beginning::default() }],
            tokens: Vec::new(),
            groups: Vec::new(),
            log_probs: Vec::new(),
            after: Vec::new(),
        }
    }

    /// Encodes what follows each beginning that a pending decision has.
    pub(super) fn encode(&mut self, pending: &[(usize, Pending<'_>)], walkers: &[Walker<'_>]) {
        std::mem::swap(&mut self.now, &mut self.next);
        self.next.clear();
        self.tokens.clear();
        self.groups.clear();
        let mut firsts: Vec<&(usize, Pending<'_>)> = Vec::new();
        for waiting in pending {
            let (i, pending) = waiting;
            let beginning = &mut self.now[walkers[*i].beginning];
            beginning.traces += 1;
            if beginning.traces == 1 {
                let first = self.tokens.len();
                let (state, position) = (pending.decision().state, walkers[*i].steps.len() as u32 + 1);
                let token = |action| Token { action, state, task: self.start.task, position };
                self.tokens.extend(pending.actions().map(token));
                beginning.candidates = first..self.tokens.len();
                self.groups.push((walkers[*i].beginning, pending.len()));
                firsts.push(waiting);
            }
        }
        self.after.clear();
        self.after.resize(self.tokens.len(), None);
        self.log_probs.clear();
        match self.attention {
            Attention::Full => self.full(&firsts, walkers),
            Attention::Causal => self.causal(),
        }
        for (&(beginning, _), (_, pending)) in self.groups.iter().zip(firsts) {
            let log_probs = &mut self.log_probs[self.now[beginning].candidates.clone()];
            pending.add_prior(log_probs);
            log_softmax_in_place(log_probs);
        }
    }

    /// The log-probabilities of the actions available after a beginning.
    pub(super) fn log_probs(&self, beginning: usize) -> &[f64] {
        &self.log_probs[self.now[beginning].candidates.clone()]
    }

    /// The beginning that ends with an action taken after this one.
    pub(super) fn commit(&mut self, beginning: usize, taken: usize) -> usize {
        let this = &mut self.now[beginning];
        this.traces -= 1;
        let candidate = this.candidates.start + taken;
        if let Some(known) = self.after[candidate] {
            return known;
        }
        // The last trace takes the past with it.
        let mut past = match this.traces {
            0 => std::mem::take(&mut this.past),
            _ => self.pages.branch(&this.past),
        };
        if self.attention == Attention::Causal {
            self.candidates.commit(candidate, &mut self.pages, &mut past);
        }
        self.after[candidate] = Some(self.next.len());
        self.next.push(Beginning { past, ..Beginning::default() });
        self.next.len() - 1
    }

    fn full(&mut self, firsts: &[&(usize, Pending<'_>)], walkers: &[Walker<'_>]) {
        let paths = firsts.iter().map(|(i, pending)| {
            let path = Path { start: self.start, steps: Cow::Borrowed(walkers[*i].steps.as_slice()) };
            (path, pending)
        });
        let logits = self.weights.logits(&Batch::of_candidates(paths));
        self.log_probs.extend(logits.into_iter().map(f64::from));
    }

    fn causal(&mut self) {
        let (weights, now) = (self.weights, &self.now);
        let past = |beginning: usize| &now[beginning].past;
        let encodings = self.candidates.encode(weights, &self.tokens, &self.groups, &self.pages, past);
        let logits = self.tokens.iter().zip(encodings).map(|(token, row)| weights.logit(token.state, row));
        self.log_probs.extend(logits.map(f64::from));
    }
}
