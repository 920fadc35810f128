//! The network as an agent's model: sampling, and the probability of traces.

use rand_pcg::Pcg64;

use super::LstmInput;
use super::cell::State;
use super::learn::gradient;
use super::network::{Network, inputs, token};
use super::parameters::Parameters;
use crate::policy::batch::Token;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Source, start};
use crate::policy::softmax::{log_softmax_in_place, with_prior};
use crate::policy::walker::Draw;
use crate::space::Graph;
use crate::space::cursor::Step;
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

impl Lstm {
    pub(super) fn new(graph: &Graph, tasks: usize, input: LstmInput, rng: &mut Pcg64) -> Self {
        Self { input, network: Network::new(graph, tasks, input, rng), adam: FlatAdam::default() }
    }
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
