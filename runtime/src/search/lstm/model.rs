//! The network as an agent's model: sampling, and the probability of traces.

use rand_pcg::Pcg64;

use super::LstmInput;
use super::cell::{State, WIDTH, step};
use super::learn::gradient;
use super::parameters::{Embedded, Parameters, Sizes};
use crate::policy::batch::Token;
use crate::policy::kernels::{EMBEDDING, dot};
use crate::policy::pair::Pair;
use crate::policy::real::Real;
use crate::policy::sampler::{Draw, Source, log_softmax_in_place, start, with_prior};
use crate::space::cursor::Step;
use crate::space::{ActionRow, Graph, StateRow};
use crate::train::adam::FlatAdam;
use crate::train::lesson::Lesson;
use crate::train::model::{Model, NamedTensor, Rows};

/// The network with its optimiser.
#[derive(Debug, Clone)]
pub(crate) struct Lstm {
    pub(super) input: LstmInput,
    pub(super) network: Network<f32>,
    pub(super) adam: FlatAdam<f32>,
}

/// The parameters, and where a token's embedding stands among them.
#[derive(Debug, Clone)]
pub(super) struct Network<E> {
    pub(super) parameters: Parameters<E>,
    /// By state: what is taken off an action's row to find its embedding.
    offsets: Vec<usize>,
    sizes: Sizes,
}

impl Lstm {
    pub(super) fn new(graph: &Graph, tasks: usize, input: LstmInput, rng: &mut Pcg64) -> Self {
        Self { input, network: Network::new(graph, tasks, input, rng), adam: FlatAdam::default() }
    }
}

impl<E: Real> Network<E> {
    pub(super) fn new(graph: &Graph, tasks: usize, input: LstmInput, rng: &mut Pcg64) -> Self {
        let vocabulary = graph.vocabulary();
        let (states, actions) = (vocabulary.states(), vocabulary.actions());
        let (inputs, offsets) = match input {
            LstmInput::PerState => (actions, vec![0; states.len()]),
            LstmInput::Shared => {
                let most = states.iter().map(|state| state.labels.len()).max().unwrap_or(0);
                (most, states.iter().map(|state| state.rows().start).collect())
            }
        };
        let sizes = Sizes { inputs, tasks, states: states.len(), actions };
        Self { parameters: Parameters::random(sizes, rng), offsets, sizes }
    }

    pub(super) fn zero_gradient(&self) -> Parameters<E> {
        Parameters::zeros(self.sizes)
    }

    pub(super) fn embedded(&self, token: Token) -> Embedded {
        let state = token.state.index();
        Embedded { input: token.action.index() - self.offsets[state], task: token.task as usize, state }
    }

    /// The logits of actions after the recurrence has come to an output.
    pub(super) fn logits(&self, output: &[E; WIDTH], actions: impl Iterator<Item = ActionRow>) -> Vec<E> {
        let rows = self.parameters.output.as_chunks::<WIDTH>().0;
        let logit =
            |action: ActionRow| dot(&rows[action.index()], output) + self.parameters.output_bias[action.index()];
        actions.map(logit).collect()
    }

    fn advance(&self, state: &mut State<E>, token: Token) {
        step(&self.parameters, state, &self.parameters.embed(self.embedded(token)));
    }
}

fn token(start: Token, state: StateRow, action: ActionRow) -> Token {
    Token { action, state, ..start }
}

/// The tokens of a trace, each before the decision that it is the input of.
pub(super) fn inputs<'a>(start: Token, steps: &'a [Step<'a>]) -> impl Iterator<Item = Token> + 'a {
    let taken = steps.iter().map(move |step| token(start, step.decision.state, step.action()));
    std::iter::once(start).chain(taken).take(steps.len())
}

impl Network<f32> {
    fn draw(&self, graph: &Graph, pair: Pair, source: &mut Source<'_>) -> Option<Draw> {
        let start = start(graph, pair);
        let (mut cursor, mut state, mut log_prob) = (graph.walk(pair.space), State::start(), 0.0);
        let mut last = start;
        while let Some(pending) = cursor.pending() {
            if pending.len() == 0 {
                return None;
            }
            self.advance(&mut state, last);
            let logits = self.logits(&state.output, pending.actions());
            let mut log_probs: Vec<f64> = logits.into_iter().map(f64::from).collect();
            pending.add_prior(&mut log_probs);
            log_softmax_in_place(&mut log_probs);
            let taken = source.choose(&pending, &log_probs)?;
            log_prob += log_probs[taken];
            let step = pending.step(taken);
            last = token(start, step.decision.state, step.action());
            cursor.choose(&step);
        }
        source.is_followed().then(|| Draw { trace: cursor.into_trace(), log_prob })
    }
}

impl Model for Lstm {
    fn sample(&self, graph: &Graph, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>> {
        sources.iter_mut().map(|source| self.network.draw(graph, pair, source)).collect()
    }

    fn log_probs(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<f64> {
        let taken = |(step, log_probs): (&Step<'_>, Vec<f64>)| log_probs[step.taken];
        steps.iter().zip(self.distributions(graph, pair, steps)).map(taken).collect()
    }

    fn distributions(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<Vec<f64>> {
        let mut state = State::start();
        let log_probs = |(input, step): (Token, &Step<'_>)| {
            self.network.advance(&mut state, input);
            with_prior(step, &self.network.logits(&state.output, step.actions()))
        };
        inputs(start(graph, pair), steps).zip(steps).map(log_probs).collect()
    }

    fn learn(&mut self, learning_rate: f64, lessons: &[Lesson<'_>]) -> Option<Vec<f64>> {
        let (gradient, entropies) = gradient(&self.network, lessons);
        let mut parameters = self.network.parameters.tensors_mut();
        self.adam.step(learning_rate, &mut parameters, &gradient.tensors()).then_some(entropies)
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let rows = Parameters::<f32>::rows(self.input == LstmInput::Shared);
        let mut moments = self.adam.moments();
        let named = |((path, width, rows), values): ((&str, usize, Rows), &[f32])| NamedTensor {
            path: path.to_owned(),
            shape: vec![values.len() / width, width],
            rows,
            values: values.to_vec(),
            moments: moments.next(),
        };
        rows.into_iter().zip(self.network.parameters.tensors()).map(named).collect()
    }

    fn put(&mut self, tensors: Vec<NamedTensor>, steps: i32) {
        for (values, tensor) in self.network.parameters.tensors_mut().into_iter().zip(&tensors) {
            values.copy_from_slice(&tensor.values);
        }
        self.adam = FlatAdam::resumed(steps, tensors.into_iter().filter_map(|tensor| tensor.moments));
    }

    fn steps(&self) -> i32 {
        self.adam.steps()
    }
}

const _: () = assert!(super::cell::INPUT == 3 * EMBEDDING);
