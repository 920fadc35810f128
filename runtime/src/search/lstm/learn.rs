//! From lessons to the gradient, back through time.

use super::cell::{Saved, Slopes, State, step, step_back};
use super::network::{Network, inputs};
use super::parameters::{Embedded, Parameters, WIDTH};
use crate::policy::batch::Token;
use crate::policy::kernels::add_scaled;
use crate::policy::real::Real;
use crate::space::cursor::Step;
use crate::train::lesson::Lesson;
use crate::train::objective::{Taken, step_gradient};

/// One decision as it was met on the way forward.
struct Met<E> {
    input: Embedded,
    saved: Saved<E>,
    output: [E; WIDTH],
    /// The slopes of the objective in the logits.
    ascent: Vec<E>,
}

/// The gradient of the loss (the objective's negative) in all parameters, and the mean entropy of each lesson.
pub(super) fn gradient<E: Real>(network: &Network<E>, lessons: &[Lesson<'_>]) -> (Parameters<E>, Vec<f64>) {
    let mut gradient = network.zero_gradient();
    let entropies = lessons.iter().map(|lesson| {
        let (met, entropy) = forward(network, lesson);
        backward(network, lesson, &met, &mut gradient);
        entropy
    });
    let entropies = entropies.collect();
    (gradient, entropies)
}

fn forward<E: Real>(network: &Network<E>, lesson: &Lesson<'_>) -> (Vec<Met<E>>, f64) {
    let steps = &lesson.path.steps;
    let share = 1.0 / steps.len().max(1) as f64;
    let (mut state, mut entropies) = (State::start(), 0.0);
    let forward_one = |(token, decision): (Token, &Step<'_>)| {
        let input = network.embedded(token);
        let saved = step(&network.parameters, &mut state, &network.parameters.embed(input));
        let logits = network.logits(&state.output, decision.actions());
        let mut ascent = vec![E::zero(); logits.len()];
        let (likelihood, entropy) = (lesson.likelihood, lesson.entropy * share);
        let taken =
            Taken { logits: 0..logits.len(), index: decision.taken, likelihood, entropy, prior: decision.prior() };
        entropies += step_gradient(&taken, &logits, &mut ascent).1;
        Met { input, saved, output: state.output, ascent }
    };
    let met = inputs(lesson.path.start, steps).zip(steps.iter()).map(forward_one).collect();
    (met, entropies * share)
}

fn backward<E: Real>(network: &Network<E>, lesson: &Lesson<'_>, met: &[Met<E>], gradient: &mut Parameters<E>) {
    let mut slopes = Slopes::none();
    for (met, decision) in met.iter().zip(lesson.path.steps.iter()).rev() {
        for (action, &ascent) in decision.actions().zip(&met.ascent) {
            let (action, loss) = (action.index(), -ascent);
            gradient.output_bias[action] += loss;
            add_scaled(&mut gradient.output.as_chunks_mut::<WIDTH>().0[action], loss, &met.output);
            add_scaled(&mut slopes.output, loss, &network.parameters.output.as_chunks::<WIDTH>().0[action]);
        }
        let dinput = step_back(&network.parameters, &met.saved, &mut slopes, gradient);
        gradient.add_embedded(met.input, &dinput);
    }
}
