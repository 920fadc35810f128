//! One step of the recurrence, forward and backward.

use super::parameters::Parameters;
use crate::policy::kernels::EMBEDDING;
use crate::policy::real::Real;

/// What goes in: the embeddings of action, task and state.
pub(super) const INPUT: usize = 3 * EMBEDDING;
/// The width of output and memory. With it the cell has 14,016 parameters; the Transformer's encoder has 14,448.
pub(super) const WIDTH: usize = 48;
pub(super) const GATES: usize = 4 * WIDTH;
/// The input and the last output.
pub(super) const STEP_INPUT: usize = INPUT + WIDTH;

/// The output and the memory after a step.
#[derive(Debug, Clone)]
pub(super) struct State<E> {
    pub(super) output: [E; WIDTH],
    memory: [E; WIDTH],
}

impl<E: Real> State<E> {
    pub(super) fn start() -> Self {
        Self { output: [E::zero(); WIDTH], memory: [E::zero(); WIDTH] }
    }
}

/// What the backward pass of a step needs.
#[derive(Debug, Clone)]
pub(super) struct Saved<E> {
    input: [E; STEP_INPUT],
    /// After their non-linearities.
    gates: [E; GATES],
    memory_before: [E; WIDTH],
    memory: [E; WIDTH],
}

fn sigmoid<E: Real>(x: E) -> E {
    let small = (-x.abs()).exp_of_negative();
    if x < E::zero() { small / (E::one() + small) } else { E::one() / (E::one() + small) }
}

fn tanh<E: Real>(x: E) -> E {
    let small = (-(x.abs() + x.abs())).exp_of_negative();
    let size = (E::one() - small) / (E::one() + small);
    if x < E::zero() { -size } else { size }
}

/// `i, f, o = σ(..)`, `g = tanh(..)`, `c' = f c + i g`, `h' = o tanh(c')`.
pub(super) fn step<E: Real>(parameters: &Parameters<E>, state: &mut State<E>, input: &[E; INPUT]) -> Saved<E> {
    let mut joined = [E::zero(); STEP_INPUT];
    joined[..INPUT].copy_from_slice(input);
    joined[INPUT..].copy_from_slice(&state.output);
    let mut gates = [E::zero(); GATES];
    gates.copy_from_slice(&parameters.gates_bias);
    for (&x, row) in joined.iter().zip(parameters.gates.as_chunks::<GATES>().0) {
        for (gate, &weight) in gates.iter_mut().zip(row) {
            *gate += x * weight;
        }
    }
    for (i, gate) in gates.iter_mut().enumerate() {
        *gate = if i / WIDTH == 2 { tanh(*gate) } else { sigmoid(*gate) };
    }
    let memory_before = state.memory;
    for j in 0..WIDTH {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| gates[gate * WIDTH + j]);
        state.memory[j] = f * memory_before[j] + i * g;
        state.output[j] = o * tanh(state.memory[j]);
    }
    Saved { input: joined, gates, memory_before, memory: state.memory }
}

/// What is known of the loss behind a step: its slopes in the step's output and memory.
#[derive(Debug, Clone)]
pub(super) struct Slopes<E> {
    pub(super) output: [E; WIDTH],
    memory: [E; WIDTH],
}

impl<E: Real> Slopes<E> {
    pub(super) fn none() -> Self {
        Self { output: [E::zero(); WIDTH], memory: [E::zero(); WIDTH] }
    }
}

/// Adds the gradients of the gates; turns the slopes into those of the step before, and gives those of the input.
pub(super) fn step_back<E: Real>(
    parameters: &Parameters<E>,
    saved: &Saved<E>,
    slopes: &mut Slopes<E>,
    gradient: &mut Parameters<E>,
) -> [E; INPUT] {
    let one = E::one();
    let mut dgates = [E::zero(); GATES];
    for j in 0..WIDTH {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| saved.gates[gate * WIDTH + j]);
        let squashed = tanh(saved.memory[j]);
        let dmemory = slopes.memory[j] + slopes.output[j] * o * (one - squashed * squashed);
        dgates[j] = dmemory * g * i * (one - i);
        dgates[WIDTH + j] = dmemory * saved.memory_before[j] * f * (one - f);
        dgates[2 * WIDTH + j] = dmemory * i * (one - g * g);
        dgates[3 * WIDTH + j] = slopes.output[j] * squashed * o * (one - o);
        slopes.memory[j] = dmemory * f;
    }
    for (sum, &d) in gradient.gates_bias.iter_mut().zip(&dgates) {
        *sum += d;
    }
    let mut dinput = [E::zero(); STEP_INPUT];
    let rows = parameters.gates.as_chunks::<GATES>().0.iter().zip(gradient.gates.as_chunks_mut::<GATES>().0);
    for ((&x, dx), (weights, dweights)) in saved.input.iter().zip(&mut dinput).zip(rows) {
        for ((&weight, dweight), &d) in weights.iter().zip(dweights).zip(&dgates) {
            *dx += weight * d;
            *dweight += x * d;
        }
    }
    slopes.output.copy_from_slice(&dinput[INPUT..]);
    let mut first = [E::zero(); INPUT];
    first.copy_from_slice(&dinput[..INPUT]);
    first
}
