//! What a lesson ascends: for each trace a weight on its log-likelihood and one on its mean entropy per step
//! (paper, equations 1 to 3).

use std::ops::Range;

use dfdx::prelude::{Cpu, Device, PutTape, Rank0, SplitTape, Tape, Tensor, TensorFromVec};

use crate::policy::real::Real;
use crate::policy::softmax::log_softmax_in_place;
use crate::policy::tables::Parameter;
use crate::policy::tape::{Logits, TapeOf, accumulate};

/// One decision of a trace within the logits of a batch.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    /// The logits of the available actions.
    pub(crate) logits: Range<usize>,
    /// Which of them was taken.
    pub(crate) index: usize,
    /// The weight of `log π(action)`.
    pub(crate) likelihood: f64,
    /// The weight of the entropy of this decision.
    pub(crate) entropy: f64,
    /// What is added to each logit, since it is known before anything is learned.
    pub(crate) prior: Vec<f64>,
}

/// The value of the objective, and its parts for people.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Objective {
    pub(crate) value: f64,
    /// The entropy of each decision in nats.
    pub(crate) entropies: Vec<f64>,
}

/// The negative of the objective as a loss on the tape.
pub(crate) fn loss<E: Real>(
    logits: Logits<E, TapeOf<E>>,
    steps: &[Taken],
) -> (Tensor<Rank0, E, Cpu, TapeOf<E>>, Objective)
where
    Cpu: Device<E>,
{
    let (logits, mut tape) = logits.split_tape();
    let numbers = logits.values();
    let mut objective = Objective { value: 0.0, entropies: Vec::with_capacity(steps.len()) };
    let mut ascent = vec![E::zero(); numbers.len()];
    for step in steps {
        let range = step.logits.clone();
        let (likelihood, entropy) = step_gradient(step, &numbers[range.clone()], &mut ascent[range]);
        objective.value += likelihood + step.entropy * entropy;
        objective.entropies.push(entropy);
    }
    let loss: Tensor<Rank0, E, Cpu> = logits.device().tensor_from_vec(vec![E::real(-objective.value)], ());
    let out = loss.clone();
    tape.add_backward_op(move |gradients| {
        let dloss = out.gradient(gradients)?[0];
        for ascent in &mut ascent {
            *ascent = -*ascent * dloss;
        }
        accumulate(gradients, &logits, &ascent)
    });
    (loss.put_tape(tape), objective)
}

/// The weighted log-likelihood and the entropy of one decision; their gradient in its logits goes to `ascent`:
/// `∂ log π(a) / ∂z = 1[a] − π` and `∂H / ∂z = −π (log π + H)`.
pub(crate) fn step_gradient<E: Real>(step: &Taken, logits: &[E], ascent: &mut [E]) -> (f64, f64) {
    let mut log_probs: Vec<f64> = step.prior.clone();
    log_probs.resize(logits.len(), 0.0);
    log_probs.iter_mut().zip(logits).for_each(|(log_prob, logit)| *log_prob += logit.to_double());
    log_softmax_in_place(&mut log_probs);
    let entropy = -log_probs.iter().map(|log_prob| log_prob.exp() * log_prob).sum::<f64>();
    for (i, (ascent, &log_prob)) in ascent.iter_mut().zip(&log_probs).enumerate() {
        let probability = log_prob.exp();
        let taken = f64::from(u8::from(i == step.index));
        let likelihood = step.likelihood * (taken - probability);
        *ascent = E::real(likelihood - step.entropy * probability * (log_prob + entropy));
    }
    (step.likelihood * log_probs[step.index], entropy)
}
