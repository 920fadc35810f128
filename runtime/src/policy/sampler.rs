//! Sampling a trace from the policy, and the probability of a given one.

use rand::{Rng, RngExt};

use super::batch::{Attention, Batch, Path, Token};
use super::kernels::attention::{Blocks, Own, attend};
use super::kernels::{Row, vectorised, zeros};
use super::network::LAYERS;
use super::real::Real;
use super::weights::Weights;
use crate::space::cursor::{Pending, Step};
use crate::space::{Graph, Trace};

/// A sampled trace and its log-probability under the policy (without the mixing of [`mixed`]).
#[derive(Debug, Clone)]
pub(crate) struct Draw {
    pub(crate) trace: Trace,
    pub(crate) log_prob: f64,
}

/// A policy over the spaces of a graph: all that is needed to sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) weights: &'a Weights<f32>,
    pub(crate) attention: Attention,
}

impl Policy<'_> {
    /// The first token: the start state, whose action is the space.
    pub(crate) fn start(&self, space: usize) -> Token {
        start(self.graph, space)
    }

    /// Samples each decision from (1 − γ) π + γ / k, k being the number of available actions.
    ///
    /// None at a dead end: a decision of which comparisons or prune predicates leave no action.
    pub(crate) fn sample(&self, space: usize, gamma: f64, rng: &mut impl Rng) -> Option<Draw> {
        let mut logits = Logits::new(self, space);
        let mut cursor = self.graph.walk(space);
        let mut log_prob = 0.0;
        while let Some(pending) = cursor.pending() {
            if pending.len() == 0 {
                return None;
            }
            let log_probs = log_softmax(&logits.of(&pending));
            let i = draw(&log_probs, gamma, rng.random());
            log_prob += log_probs[i];
            let step = pending.step(i);
            cursor.choose(&step);
            logits.choose(step);
        }
        Some(Draw { trace: cursor.into_trace(), log_prob })
    }

    /// The log-probability of each decision of a trace.
    pub(crate) fn log_probs(&self, space: usize, steps: &[Step<'_>]) -> Vec<f64> {
        let path = Path { start: self.start(space), steps };
        let logits = self.weights.logits(&Batch::of_paths(self.attention, &[path]));
        let mut rest = logits.as_slice();
        let mut log_probs = Vec::with_capacity(steps.len());
        for step in steps {
            let (logits, after) = rest.split_at(step.len());
            log_probs.push(log_softmax(logits)[step.taken]);
            rest = after;
        }
        log_probs
    }
}

/// The first token of a space's sequences.
pub(crate) fn start(graph: &Graph, space: usize) -> Token {
    Token { action: graph.spaces()[space].start, state: crate::space::StateRow(0), task: 0, position: 0 }
}

/// The logits of the decisions along a trace that is being made.
enum Logits<'a> {
    Causal { weights: &'a Weights<f32>, past: Past<f32>, task: u32 },
    Full { weights: &'a Weights<f32>, start: Token, steps: Vec<Step<'a>> },
}

impl<'a> Logits<'a> {
    fn new(policy: &Policy<'a>, space: usize) -> Self {
        let (weights, start) = (policy.weights, policy.start(space));
        match policy.attention {
            Attention::Full => Self::Full { weights, start, steps: Vec::new() },
            Attention::Causal => {
                let mut past = Past::new();
                past.encode(weights, &[start]);
                past.commit(0);
                Self::Causal { weights, past, task: start.task }
            }
        }
    }

    fn of(&mut self, pending: &Pending<'_>) -> Vec<f32> {
        match self {
            Self::Full { weights, start, steps } => {
                let path = Path { start: *start, steps };
                weights.logits(&Batch::of_candidates(&path, pending))
            }
            Self::Causal { weights, past, task } => {
                let (state, task, position) = (pending.decision().state, *task, past.len as u32);
                let tokens = pending.actions().map(|action| Token { action, state, task, position });
                let encodings = past.encode(weights, &tokens.collect::<Vec<_>>());
                encodings.iter().map(|encoding| weights.logit(state, encoding)).collect()
            }
        }
    }

    fn choose(&mut self, step: Step<'a>) {
        match self {
            Self::Full { steps, .. } => steps.push(step),
            Self::Causal { past, .. } => past.commit(step.taken),
        }
    }
}

/// The keys and values of past tokens, layer by layer, and those of the candidates last encoded.
struct Past<E> {
    layers: [Layer<E>; LAYERS],
    len: usize,
}

#[derive(Default)]
struct Layer<E> {
    keys: Blocks<E>,
    values: Vec<Row<E>>,
    candidate_keys: Vec<Row<E>>,
    candidate_values: Vec<Row<E>>,
}

impl<E: Real> Past<E> {
    fn new() -> Self {
        Self { layers: std::array::from_fn(|_| Layer::default()), len: 0 }
    }

    /// The encodings of candidates, each of which sees the past and itself.
    fn encode(&mut self, weights: &Weights<E>, candidates: &[Token]) -> Vec<Row<E>> {
        let mut rows: Vec<Row<E>> = candidates.iter().map(|&token| weights.embed(token)).collect();
        vectorised(
            #[inline(always)]
            || {
                for (layer, block) in self.layers.iter_mut().zip(&weights.blocks) {
                    layer.candidate_keys = block.key.apply(&rows);
                    layer.candidate_values = block.value.apply(&rows);
                    let queries = block.query.apply(&rows);
                    let mut taken = zeros(rows.len());
                    let mut shares = vec![E::zero(); self.len + 1];
                    for (c, taken) in taken.iter_mut().enumerate() {
                        let own = Own { key: &layer.candidate_keys[c], value: &layer.candidate_values[c] };
                        *taken = attend(&queries[c], &layer.keys, layer.values.iter(), Some(own), &mut shares);
                    }
                    rows = block.finish(&rows, &taken);
                }
            },
        );
        rows
    }

    /// Makes one of the candidates last encoded part of the past.
    fn commit(&mut self, index: usize) {
        for layer in &mut self.layers {
            layer.keys.push(&layer.candidate_keys[index]);
            layer.values.push(layer.candidate_values[index]);
        }
        self.len += 1;
    }
}

/// Log-probabilities from logits.
pub(crate) fn log_softmax<E: Real>(logits: &[E]) -> Vec<f64> {
    let most = logits.iter().fold(f64::NEG_INFINITY, |most, logit| most.max(logit.to_double()));
    let sum: f64 = logits.iter().map(|logit| (logit.to_double() - most).exp()).sum();
    logits.iter().map(|logit| logit.to_double() - most - sum.ln()).collect()
}

/// The action at which the cumulated mixed probabilities pass `uniform`, a number in 0..1.
fn draw(log_probs: &[f64], gamma: f64, uniform: f64) -> usize {
    let mut passed = 0.0;
    let mut mixed = log_probs.iter().map(|log_prob| (1.0 - gamma) * log_prob.exp() + gamma / log_probs.len() as f64);
    let found = mixed.position(|probability| {
        passed += probability;
        uniform < passed
    });
    found.unwrap_or(log_probs.len() - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_follow_the_mixed_probabilities() {
        let log_probs = [0.25f64.ln(), 0.75f64.ln()];
        assert_eq!(draw(&log_probs, 0.0, 0.249), 0);
        assert_eq!(draw(&log_probs, 0.0, 0.251), 1);
        // (1 − 0.4) · 0.25 + 0.4 / 2 = 0.35
        assert_eq!(draw(&log_probs, 0.4, 0.349), 0);
        assert_eq!(draw(&log_probs, 0.4, 0.351), 1);
        assert_eq!(draw(&log_probs, 0.0, 1.0), 1);
    }

    #[test]
    fn log_softmax_survives_large_logits() {
        let log_probs = log_softmax(&[1000.0f32, 1000.0]);
        assert!((log_probs[0] - 0.5f64.ln()).abs() < 1e-12);
    }
}
