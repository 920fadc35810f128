//! The log-probabilities of decisions after the beginnings of several traces. A beginning that traces have in common is
//! encoded once.

use std::borrow::Cow;

use super::batch::{Attention, Batch, Path, Token};
use super::past::{Candidates, Past};
use super::sampler::{Policy, Walker, log_softmax};
use super::weights::Weights;
use crate::space::cursor::Pending;

/// Encodes the candidates of one step of all beginnings.
pub(super) struct Encoder<'a> {
    weights: &'a Weights<f32>,
    start: Token,
    attention: Attention,
    candidates: Candidates<f32>,
    /// The beginnings of this step.
    now: Vec<Beginning>,
    /// Those of the next one.
    next: Vec<Beginning>,
}

/// The first decisions of one or more traces.
#[derive(Default)]
struct Beginning {
    /// The kept keys and values; unused with full attention.
    past: Past<f32>,
    /// How many traces have it.
    traces: usize,
    /// The log-probabilities of the actions available after it.
    log_probs: Vec<f64>,
    /// Where the first of these actions stands among all candidates of the step.
    first: usize,
    /// For each of these actions the beginning, of the next step, that ends with it.
    after: Vec<Option<usize>>,
}

impl<'a> Encoder<'a> {
    pub(super) fn new(policy: &Policy<'a>, start: Token) -> Self {
        let (weights, attention) = (policy.weights, policy.attention);
        let mut candidates = Candidates::new();
        let mut past = Past::new();
        if attention == Attention::Causal {
            candidates.encode(weights, &[start], &[(0, 1)], std::slice::from_ref(&&past));
            past.push(&candidates, 0);
        }
        let now = vec![Beginning { past, ..Beginning::default() }];
        Self { weights, start, attention, candidates, now: Vec::new(), next: now }
    }

    /// Encodes what follows each beginning that a pending decision has.
    pub(super) fn encode(&mut self, pending: &[(usize, Pending<'_>)], walkers: &[Walker<'_>]) {
        std::mem::swap(&mut self.now, &mut self.next);
        self.next.clear();
        let mut firsts: Vec<&(usize, Pending<'_>)> = Vec::new();
        for waiting in pending {
            let beginning = &mut self.now[walkers[waiting.0].beginning];
            if beginning.traces == 0 {
                firsts.push(waiting);
            }
            beginning.traces += 1;
        }
        let logits = match self.attention {
            Attention::Full => self.full(&firsts, walkers),
            Attention::Causal => self.causal(&firsts, walkers),
        };
        let mut end = 0;
        for (i, pending) in firsts {
            let beginning = &mut self.now[walkers[*i].beginning];
            beginning.first = end;
            end += pending.len();
            beginning.log_probs = log_softmax(&logits[beginning.first..end]);
            beginning.after = vec![None; pending.len()];
        }
    }

    /// The log-probabilities of the actions available after a beginning.
    pub(super) fn log_probs(&self, beginning: usize) -> &[f64] {
        &self.now[beginning].log_probs
    }

    /// The beginning that ends with an action taken after this one.
    pub(super) fn commit(&mut self, beginning: usize, taken: usize) -> usize {
        let this = &mut self.now[beginning];
        this.traces -= 1;
        if let Some(known) = this.after[taken] {
            return known;
        }
        // The last trace takes the past with it.
        let mut past = if this.traces == 0 { std::mem::take(&mut this.past) } else { this.past.clone() };
        if self.attention == Attention::Causal {
            past.push(&self.candidates, this.first + taken);
        }
        this.after[taken] = Some(self.next.len());
        self.next.push(Beginning { past, ..Beginning::default() });
        self.next.len() - 1
    }

    fn full(&self, firsts: &[&(usize, Pending<'_>)], walkers: &[Walker<'_>]) -> Vec<f32> {
        let paths = firsts.iter().map(|(i, pending)| {
            let path = Path { start: self.start, steps: Cow::Borrowed(walkers[*i].steps.as_slice()) };
            (path, pending)
        });
        self.weights.logits(&Batch::of_candidates(paths))
    }

    fn causal(&mut self, firsts: &[&(usize, Pending<'_>)], walkers: &[Walker<'_>]) -> Vec<f32> {
        let (mut tokens, mut groups, mut pasts) = (Vec::new(), Vec::new(), Vec::new());
        for (i, pending) in firsts {
            let past = &self.now[walkers[*i].beginning].past;
            let (state, task, position) = (pending.decision().state, self.start.task, past.len() as u32);
            tokens.extend(pending.actions().map(|action| Token { action, state, task, position }));
            groups.push((pasts.len(), pending.len()));
            pasts.push(past);
        }
        let encodings = self.candidates.encode(self.weights, &tokens, &groups, &pasts);
        tokens.iter().zip(encodings).map(|(token, row)| self.weights.logit(token.state, row)).collect()
    }
}
