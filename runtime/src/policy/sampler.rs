//! Sampling traces from the policy, many in step with each other, and the probability of a given one.

use std::borrow::Cow;

use rand::RngExt;
use rand_pcg::Pcg64;

use super::batch::{Attention, Batch, Path, Token};
use super::beginnings::Encoder;
use super::pair::Pair;
use super::past::RESERVED;
use super::softmax::with_prior;
use super::walker::{Draw, Walker};
use super::weights::Weights;
use crate::space::Graph;
use crate::space::cursor::{Pending, Step};
use crate::space::guide::{Advice, Guide};

/// What one trace is sampled with.
#[derive(Debug)]
pub(crate) struct Source<'r> {
    /// The share of uniform sampling.
    pub(crate) gamma: f64,
    pub(crate) rng: &'r mut Pcg64,
    /// Decisions that are not left to the policy.
    pub(crate) guide: Option<Guide>,
}

impl<'r> Source<'r> {
    pub(crate) fn free(gamma: f64, rng: &'r mut Pcg64) -> Self {
        Self { gamma, rng, guide: None }
    }

    /// Which of the available actions to take; none where the guide's is not among them.
    pub(crate) fn choose(&mut self, pending: &Pending<'_>, log_probs: &[f64]) -> Option<usize> {
        match self.guide.as_mut().map_or(Advice::Open, |guide| guide.advise(pending)) {
            Advice::Take(taken) => Some(taken),
            Advice::Open => Some(draw(log_probs, self.gamma, self.rng.random())),
            Advice::Unavailable => None,
        }
    }

    /// Whether no decision of the guide was left over.
    pub(crate) fn is_followed(&self) -> bool {
        self.guide.as_ref().is_none_or(Guide::is_followed)
    }
}

/// A policy over the spaces of a graph: all that is needed to sample.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) weights: &'a Weights<f32>,
    pub(crate) attention: Attention,
}

impl<'a> Policy<'a> {
    /// Samples one trace for each source, all in step: each decision from (1 − γ) π + γ / k, k being the number of
    /// available actions. What a trace becomes depends on its own source only.
    ///
    /// None at a dead end: a decision of which comparisons or prune predicates leave no action, or of which a guide wants
    /// one that is not available.
    pub(crate) fn sample(&self, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>> {
        let mut encoder = Encoder::new(self.weights, self.attention, start(self.graph, pair), sources.len());
        let steps = self.weights.positions.len().min(RESERVED);
        let walker = |_: &Source<'_>| Walker::new(self.graph.walk(pair.space), steps);
        let mut walkers: Vec<Walker<'a>> = sources.iter().map(walker).collect();
        let mut waiting = Vec::with_capacity(walkers.len());
        loop {
            let each = walkers.iter_mut().enumerate();
            waiting.extend(each.filter_map(|(i, walker)| walker.pending().map(|pending| (i, pending))));
            if waiting.is_empty() {
                break;
            }
            encoder.encode(&waiting, &walkers);
            for (i, pending) in waiting.drain(..) {
                let log_probs = encoder.log_probs(walkers[i].beginning);
                let Some(taken) = sources[i].choose(&pending, log_probs) else {
                    walkers[i].dead = true;
                    continue;
                };
                let log_prob = log_probs[taken];
                walkers[i].take(pending.step(taken), log_prob);
                walkers[i].beginning = encoder.commit(walkers[i].beginning, taken);
            }
        }
        let finish = |(walker, source): (Walker<'_>, &mut Source<'_>)| walker.finish().filter(|_| source.is_followed());
        walkers.into_iter().zip(sources).map(finish).collect()
    }

    /// The log-probability of each decision of a trace.
    pub(crate) fn log_probs(&self, pair: Pair, steps: &[Step<'_>]) -> Vec<f64> {
        let taken = |(step, log_probs): (&Step<'_>, Vec<f64>)| log_probs[step.taken];
        steps.iter().zip(self.distributions(pair, steps)).map(taken).collect()
    }

    /// At each decision of a trace, the log-probability of each action that was available.
    pub(crate) fn distributions(&self, pair: Pair, steps: &[Step<'_>]) -> Vec<Vec<f64>> {
        let path = Path { start: start(self.graph, pair), steps: Cow::Borrowed(steps) };
        let logits = self.weights.logits(&Batch::of_paths(self.attention, &[&path]));
        let mut rest = logits.as_slice();
        let mut distributions = Vec::with_capacity(steps.len());
        for step in steps {
            let (logits, after) = rest.split_at(step.len());
            distributions.push(with_prior(step, logits));
            rest = after;
        }
        distributions
    }
}

/// The first token of a pair's sequences: the start state, whose action is the space.
pub(crate) fn start(graph: &Graph, pair: Pair) -> Token {
    let (action, task) = (graph.spaces()[pair.space].start, pair.task as u32);
    Token { action, state: crate::space::StateRow(0), task, position: 0 }
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
}
