//! The parameters, and their gradients, as flat tensors.

use rand_distr::{Distribution, StandardNormal};
use rand_pcg::Pcg64;

use crate::policy::kernels::EMBEDDING;
use crate::policy::real::Real;
use crate::train::model::Rows;

/// What goes in: the embeddings of action, task and state.
pub(super) const INPUT: usize = 3 * EMBEDDING;
/// The width of output and memory. With it the cell has 14,016 parameters; the Transformer's encoder has 14,448.
pub(super) const WIDTH: usize = 48;
pub(super) const GATES: usize = 4 * WIDTH;
/// The input and the last output.
pub(super) const STEP_INPUT: usize = INPUT + WIDTH;

/// The sizes that depend on the universe.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    /// Rows of the table of action embeddings.
    pub(super) inputs: usize,
    pub(super) tasks: usize,
    pub(super) states: usize,
    /// (state, action) pairs.
    pub(super) actions: usize,
}

/// All tensors in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameters<E> {
    /// `[inputs, 8]`
    pub(super) inputs: Vec<E>,
    /// `[tasks, 8]`
    pub(super) tasks: Vec<E>,
    /// `[states, 8]`
    pub(super) states: Vec<E>,
    /// `[24 + 48, 4 · 48]`: a row for each number of the input and of the last output; gates i, f, g, o.
    pub(super) gates: Vec<E>,
    /// `[4 · 48]`
    pub(super) gates_bias: Vec<E>,
    /// `[actions, 48]`
    pub(super) output: Vec<E>,
    /// `[actions]`
    pub(super) output_bias: Vec<E>,
}

impl<E: Real> Parameters<E> {
    pub(super) fn zeros(sizes: Sizes) -> Self {
        let zeros = |rows: usize, width: usize| vec![E::zero(); rows * width];
        Self {
            inputs: zeros(sizes.inputs, EMBEDDING),
            tasks: zeros(sizes.tasks, EMBEDDING),
            states: zeros(sizes.states, EMBEDDING),
            gates: zeros(STEP_INPUT, GATES),
            gates_bias: zeros(1, GATES),
            output: zeros(sizes.actions, WIDTH),
            output_bias: zeros(1, sizes.actions),
        }
    }

    /// Drawn as the Transformer's: normal with deviation 0.3 for embeddings, 0.1 for outputs, one over the root of the
    /// inputs for the gates; biases start at zero, that of the forget gate at one.
    pub(super) fn random(sizes: Sizes, rng: &mut Pcg64) -> Self {
        let mut this = Self::zeros(sizes);
        let mut fill = |numbers: &mut [E], deviation: f64| {
            for number in numbers {
                let normal: f64 = StandardNormal.sample(rng);
                *number = E::real(deviation * normal);
            }
        };
        fill(&mut this.inputs, 0.3);
        fill(&mut this.tasks, 0.3);
        fill(&mut this.states, 0.3);
        fill(&mut this.gates, 1.0 / (STEP_INPUT as f64).sqrt());
        fill(&mut this.output, 0.1);
        this.gates_bias[WIDTH..2 * WIDTH].fill(E::one());
        this
    }

    /// The name of each tensor, how wide its rows are, and what they stand for. `shared` says that all states share their rows
    /// of inputs.
    pub(super) fn rows(shared: bool) -> [(&'static str, usize, Rows); 7] {
        [
            if shared {
                ("lstm.shared_inputs", EMBEDDING, Rows::Places)
            } else {
                ("lstm.inputs", EMBEDDING, Rows::Actions)
            },
            ("lstm.tasks", EMBEDDING, Rows::Tasks),
            ("lstm.states", EMBEDDING, Rows::States),
            ("lstm.gates", GATES, Rows::Fixed),
            ("lstm.gates_bias", GATES, Rows::Fixed),
            ("lstm.output", WIDTH, Rows::Actions),
            ("lstm.output_bias", 1, Rows::Actions),
        ]
    }

    pub(super) fn tensors(&self) -> [&[E]; 7] {
        let Self { inputs, tasks, states, gates, gates_bias, output, output_bias } = self;
        [inputs, tasks, states, gates, gates_bias, output, output_bias]
    }

    pub(super) fn tensors_mut(&mut self) -> [&mut [E]; 7] {
        let Self { inputs, tasks, states, gates, gates_bias, output, output_bias } = self;
        [inputs, tasks, states, gates, gates_bias, output, output_bias]
    }

    /// The embeddings of a token side by side: action, task, state.
    pub(super) fn embed(&self, token: Embedded) -> [E; INPUT] {
        let mut row = [E::zero(); INPUT];
        for (part, (table, place)) in row.chunks_exact_mut(EMBEDDING).zip(token.places(self)) {
            part.copy_from_slice(&table[place * EMBEDDING..][..EMBEDDING]);
        }
        row
    }

    /// Adds the gradient of an embedded token to its rows.
    pub(super) fn add_embedded(&mut self, token: Embedded, gradient: &[E]) {
        let Embedded { input, task, state } = token;
        let tables = [(&mut self.inputs, input), (&mut self.tasks, task), (&mut self.states, state)];
        for ((table, place), part) in tables.into_iter().zip(gradient.chunks_exact(EMBEDDING)) {
            for (sum, &more) in table[place * EMBEDDING..][..EMBEDDING].iter_mut().zip(part) {
                *sum += more;
            }
        }
    }
}

/// The rows of a token's embeddings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Embedded {
    pub(super) input: usize,
    pub(super) task: usize,
    pub(super) state: usize,
}

impl Embedded {
    fn places<E>(self, parameters: &Parameters<E>) -> [(&[E], usize); 3] {
        [(&parameters.inputs, self.input), (&parameters.tasks, self.task), (&parameters.states, self.state)]
    }
}
