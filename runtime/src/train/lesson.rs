//! From lessons to gradients.

use std::sync::Arc;

use dfdx::prelude::{Backward, Cpu, Device, Gradients};

use super::objective::{Objective, Taken, loss};
use crate::policy::batch::{Attention, Batch, Path};
use crate::policy::network::Network;
use crate::policy::real::Real;
use crate::policy::tape::logits;
use crate::policy::weights::Weights;
use crate::space::cursor::Step;
use crate::threads;

/// One trace to learn from.
#[derive(Debug, Clone)]
pub(crate) struct Lesson<'a> {
    pub(crate) path: Path<'a>,
    /// The weight of the trace's log-likelihood.
    pub(crate) likelihood: f64,
    /// The weight of the mean entropy of its steps.
    pub(crate) entropy: f64,
}

/// The gradient of the loss (the objective's negative) in all parameters, from one pass over all lessons.
pub(crate) fn gradients<E: Real>(
    network: &Network<E>,
    weights: &Arc<Weights<E>>,
    attention: Attention,
    lessons: &[Lesson<'_>],
) -> (Gradients<E, Cpu>, Objective)
where
    Cpu: Device<E>,
{
    let paths: Vec<&Path<'_>> = lessons.iter().map(|lesson| &lesson.path).collect();
    let batch = Arc::new(Batch::of_paths(attention, &paths));
    let logits = logits(network, weights, &batch);
    let (loss, objective) = loss(logits, &taken(lessons));
    (loss.backward(), objective)
}

/// Lessons whose gradient is computed in one pass, and by one thread.
const IN_ONE_PASS: usize = 4;

/// Candidates of so few lessons at most: what a pass keeps for its way back is about 6 kB each on a chain of 400 decisions.
const CANDIDATES_IN_ONE_PASS: usize = 1 << 14;

/// The gradient of all lessons together, and the mean entropy of each.
pub(crate) fn gradients_of_all(
    network: &Network<f32>,
    weights: &Arc<Weights<f32>>,
    attention: Attention,
    lessons: &[Lesson<'_>],
) -> (Gradients<f32, Cpu>, Vec<f64>) {
    let pass = |lessons: &[Lesson<'_>]| {
        let (gradients, objective) = gradients(network, weights, attention, lessons);
        (gradients, mean_entropies(lessons, &objective))
    };
    let candidates = |lesson: &Lesson<'_>| lesson.path.steps.iter().map(Step::len).sum::<usize>();
    let in_one_pass = match lessons.iter().take(IN_ONE_PASS).map(candidates).sum() {
        0..=CANDIDATES_IN_ONE_PASS => IN_ONE_PASS,
        _ => 1,
    };
    // One after the other where they are few: several threads would need the memory of several passes.
    let passes: Vec<_> = if lessons.len() <= IN_ONE_PASS {
        lessons.chunks(in_one_pass).map(pass).collect()
    } else {
        threads::on_all(lessons.chunks(in_one_pass).collect(), pass)
    };
    let (gradients, entropies): (Vec<_>, Vec<_>) = passes.into_iter().unzip();
    (network.sum(gradients), entropies.into_iter().flatten().collect())
}

fn mean_entropies(lessons: &[Lesson<'_>], objective: &Objective) -> Vec<f64> {
    let mut rest = objective.entropies.as_slice();
    let mean = |lesson: &Lesson<'_>| {
        let (own, after) = rest.split_at(lesson.path.steps.len());
        rest = after;
        own.iter().sum::<f64>() / own.len().max(1) as f64
    };
    lessons.iter().map(mean).collect()
}

fn taken(lessons: &[Lesson<'_>]) -> Vec<Taken> {
    let mut end = 0;
    let steps = lessons.iter().flat_map(|lesson| lesson.path.steps.iter().map(move |step| (lesson, step)));
    steps
        .map(|(lesson, step)| {
            let start = end;
            end += step.len();
            let entropy = lesson.entropy / lesson.path.steps.len() as f64;
            Taken { logits: start..end, index: step.taken, likelihood: lesson.likelihood, entropy, prior: step.prior() }
        })
        .collect()
}
