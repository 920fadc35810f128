//! One step of the recurrence, forward and backward.

// What runs on the widest vectors must be inlined into the function that was compiled for them.
#![allow(clippy::inline_always)]

use super::parameters::{GATES, INPUT, Parameters, STEP_INPUT, WIDTH};
use crate::policy::kernels::{add_scaled, dot, vectorised};
use crate::policy::real::Real;

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

#[inline(always)]
fn sigmoid<E: Real>(x: E) -> E {
    let small = (-x.abs()).exp_of_negative();
    let top = if x < E::zero() { small } else { E::one() };
    top / (E::one() + small)
}

#[inline(always)]
fn tanh<E: Real>(x: E) -> E {
    let small = (-(x.abs() + x.abs())).exp_of_negative();
    let size = (E::one() - small) / (E::one() + small);
    if x < E::zero() { -size } else { size }
}

/// `i, f, o = σ(..)`, `g = tanh(..)`, `c' = f c + i g`, `h' = o tanh(c')`.
pub(super) fn step<E: Real>(parameters: &Parameters<E>, state: &mut State<E>, input: &[E; INPUT]) -> Saved<E> {
    vectorised(
        #[inline(always)]
        || step_inlined(parameters, state, input),
    )
}

#[inline(always)]
fn step_inlined<E: Real>(parameters: &Parameters<E>, state: &mut State<E>, input: &[E; INPUT]) -> Saved<E> {
    let mut joined = [E::zero(); STEP_INPUT];
    joined[..INPUT].copy_from_slice(input);
    joined[INPUT..].copy_from_slice(&state.output);
    let gates = gates(parameters, &joined);
    let memory_before = state.memory;
    for j in 0..WIDTH {
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| gates[gate * WIDTH + j]);
        state.memory[j] = f * memory_before[j] + i * g;
        state.output[j] = o * tanh(state.memory[j]);
    }
    Saved { input: joined, gates, memory_before, memory: state.memory }
}

/// The gates i, f, g, o after their non-linearities.
#[inline(always)]
fn gates<E: Real>(parameters: &Parameters<E>, joined: &[E; STEP_INPUT]) -> [E; GATES] {
    let mut gates = [E::zero(); GATES];
    gates.copy_from_slice(&parameters.gates_bias);
    for (&x, row) in joined.iter().zip(parameters.gates.as_chunks::<GATES>().0) {
        add_scaled(&mut gates, x, row);
    }
    let (input_and_forget, rest) = gates.split_at_mut(2 * WIDTH);
    let (new, output) = rest.split_at_mut(WIDTH);
    for gate in input_and_forget.iter_mut().chain(output) {
        *gate = sigmoid(*gate);
    }
    for gate in new {
        *gate = tanh(*gate);
    }
    gates
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
    vectorised(
        #[inline(always)]
        || step_back_inlined(parameters, saved, slopes, gradient),
    )
}

#[inline(always)]
fn step_back_inlined<E: Real>(
    parameters: &Parameters<E>,
    saved: &Saved<E>,
    slopes: &mut Slopes<E>,
    gradient: &mut Parameters<E>,
) -> [E; INPUT] {
    let dgates = gates_back(saved, slopes);
    for (sum, &d) in gradient.gates_bias.iter_mut().zip(&dgates) {
        *sum += d;
    }
    let mut dinput = [E::zero(); STEP_INPUT];
    let rows = parameters.gates.as_chunks::<GATES>().0.iter().zip(gradient.gates.as_chunks_mut::<GATES>().0);
    for ((&x, dx), (weights, dweights)) in saved.input.iter().zip(&mut dinput).zip(rows) {
        *dx = dot(weights, &dgates);
        add_scaled(dweights, x, &dgates);
    }
    slopes.output.copy_from_slice(&dinput[INPUT..]);
    let mut first = [E::zero(); INPUT];
    first.copy_from_slice(&dinput[..INPUT]);
    first
}

/// The slopes in the gates before their non-linearities; those in the memory become those of the step before.
#[inline(always)]
fn gates_back<E: Real>(saved: &Saved<E>, slopes: &mut Slopes<E>) -> [E; GATES] {
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
    dgates
}

#[cfg(test)]
mod tests {
    use super::super::parameters::Sizes;
    use super::*;

    const SIZES: Sizes = Sizes { inputs: 1, tasks: 1, states: 1, actions: 1 };

    #[test]
    fn the_cell_has_as_many_parameters_as_is_said() {
        let parameters = Parameters::<f32>::zeros(SIZES);
        assert_eq!(parameters.gates.len() + parameters.gates_bias.len(), 14_016);
    }

    /// Without weights every number of the output is that of one unit with the gates' biases.
    #[test]
    fn two_steps_follow_the_equations() {
        let mut parameters = Parameters::<f64>::zeros(SIZES);
        let biases = [0.5, 1.0, 0.3, -0.2f64];
        for (gate, bias) in biases.into_iter().enumerate() {
            parameters.gates_bias[gate * WIDTH..][..WIDTH].fill(bias);
        }
        let mut state = State::start();
        for _ in 0..2 {
            step(&parameters, &mut state, &[0.0; INPUT]);
        }
        let [i, f, _, o] = biases.map(|bias| 1.0 / (1.0 + (-bias).exp()));
        let once = i * biases[2].tanh();
        let expected = o * (f * once + once).tanh();
        assert!(state.output.iter().all(|output| (output - expected).abs() < 1e-12), "{:?}", state.output);
    }

    /// A weight takes the input to the gate `g` of one unit, whose output another weight takes back to that gate.
    #[test]
    fn inputs_and_outputs_reach_the_gates_of_their_columns() {
        let mut parameters = Parameters::<f64>::zeros(SIZES);
        let (from, unit) = (5, 7);
        let column = 2 * WIDTH + unit;
        parameters.gates[from * GATES + column] = 2.0;
        parameters.gates[(INPUT + unit) * GATES + column] = -3.0;
        let mut input = [0.0; INPUT];
        input[from] = 0.4;
        let mut state = State::start();
        step(&parameters, &mut state, &input);
        let memory = 0.5 * 0.8f64.tanh();
        let output = 0.5 * memory.tanh();
        assert!((state.output[unit] - output).abs() < 1e-12);
        step(&parameters, &mut state, &input);
        let expected = 0.5 * (0.5 * memory + 0.5 * (0.8 - 3.0 * output).tanh()).tanh();
        assert!((state.output[unit] - expected).abs() < 1e-12);
        assert_eq!(state.output.iter().filter(|&&output| output != 0.0).count(), 1);
    }

    #[test]
    fn non_linearities_are_right_and_stay_finite() {
        for i in -2000..=2000 {
            let x = i as f32 / 100.0;
            let wide = f64::from(x);
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-wide).exp())).abs() < 2e-7, "{x}");
            assert!((f64::from(tanh(x)) - wide.tanh()).abs() < 3e-7, "{x}");
        }
        let extremes = [f32::NEG_INFINITY, f32::INFINITY].map(|x| (sigmoid(x), tanh(x)));
        assert!(extremes[0].0 < 1e-30);
        assert_eq!((extremes[0].1, extremes[1]), (-1.0, (1.0, 1.0)));
    }
}
