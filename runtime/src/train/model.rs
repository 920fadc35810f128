//! What a policy's network must do to be an agent's, and the Transformer as one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use rand_pcg::Pcg64;

use super::adam::Adam;
use super::lesson::{Lesson, gradients_of_all};
use super::settings::Settings;
use crate::policy::Attention;
use crate::policy::batch::{Batch, Path};
use crate::policy::network::Network;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Policy, Source, start};
use crate::policy::self_attention::Queries;
use crate::policy::tables::AnyTables;
use crate::policy::walker::Draw;
use crate::policy::weights::Weights;
use crate::space::Graph;
use crate::space::cursor::Step;

/// A network that can be sampled from and learn.
pub(crate) trait Model: Sync {
    /// One trace for each source; none at a dead end. What a trace becomes depends on its own source only.
    fn sample(&self, graph: &Graph, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>>;

    /// The log-probability of each decision of a trace.
    fn log_probs(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<f64>;

    /// At each decision of a trace, the log-probability of each action that was available.
    fn distributions(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<Vec<f64>>;

    /// For each layer, how much each token of a trace takes of each: `[steps, steps]`, the start included. None of a network
    /// without attention.
    fn attention(&self, _graph: &Graph, _pair: Pair, _steps: &[Step<'_>]) -> Option<Vec<Vec<Vec<f32>>>> {
        None
    }

    /// Takes what of an agent's settings is the network's.
    fn configure(&mut self, _settings: &Settings) {}

    /// One step of the optimiser up the lessons; gives the mean entropy of each. None, and nothing is changed, where the
    /// gradient is not finite, or a weight would not stay in its range.
    fn learn(&mut self, learning_rate: f64, lessons: &[Lesson<'_>]) -> Option<Vec<f64>>;

    /// All parameters, with the optimiser's moments where it has made a step.
    fn tensors(&self) -> Vec<NamedTensor>;

    /// Takes these parameters, all of them, after so many steps of the optimiser.
    fn put(&mut self, tensors: Vec<NamedTensor>, steps: i32);

    /// Steps of the optimiser.
    fn steps(&self) -> i32;
}

/// A tensor of parameters as it is saved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NamedTensor {
    /// Its name.
    pub(crate) path: String,
    pub(crate) shape: Vec<usize>,
    /// What its rows stand for.
    pub(crate) rows: Rows,
    /// In row-major order.
    pub(crate) values: Vec<f32>,
    /// Adam's first and second moments.
    pub(crate) moments: Option<[Vec<f32>; 2]>,
}

/// What the rows of a tensor stand for, and so by which names they go to another universe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    States,
    Actions,
    Tasks,
    /// Places in a row: as many as there are on both sides.
    Places,
    /// The same in all universes.
    Fixed,
}

/// The paper's network (Section 3) with its optimiser.
#[derive(Clone)]
pub(crate) struct Transformer {
    pub(crate) attention: Attention,
    pub(crate) network: Network<f32>,
    /// The network's parameters as the kernels want them.
    pub(crate) weights: Arc<Weights<f32>>,
    pub(crate) adam: Adam<f32>,
}

impl Transformer {
    /// With fresh parameters.
    pub(crate) fn fresh(attention: Attention, tables: Box<dyn AnyTables<f32>>, rng: &mut Pcg64) -> Self {
        Self::new(attention, Network::new(tables, rng), Adam::default())
    }

    pub(crate) fn new(attention: Attention, network: Network<f32>, adam: Adam<f32>) -> Self {
        let weights = Arc::new(Weights::of(&network));
        Self { attention, network, weights, adam }
    }

    pub(crate) fn policy<'a>(&'a self, graph: &'a Graph) -> Policy<'a> {
        Policy { graph, weights: &self.weights, attention: self.attention }
    }
}

impl fmt::Debug for Transformer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Weights { states, actions, positions, .. } = &*self.weights;
        let mut this = formatter.debug_struct("Transformer");
        this.field("states", &states.len()).field("actions", &actions.len()).field("steps", &positions.len());
        this.finish_non_exhaustive()
    }
}

impl Model for Transformer {
    fn sample(&self, graph: &Graph, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>> {
        self.policy(graph).sample(pair, sources)
    }

    fn log_probs(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<f64> {
        self.policy(graph).log_probs(pair, steps)
    }

    fn distributions(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<Vec<f64>> {
        self.policy(graph).distributions(pair, steps)
    }

    fn attention(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Option<Vec<Vec<Vec<f32>>>> {
        let path = Path { start: start(graph, pair), steps: Cow::Borrowed(steps) };
        let batch = Batch::of_trace(self.attention, &path);
        let mut rows: Vec<_> = batch.tokens.iter().map(|&token| self.weights.embed(token)).collect();
        let mut layers = Vec::with_capacity(self.weights.blocks.len());
        for block in &self.weights.blocks {
            let (encoded, saved) = block.forward(rows, &batch, Queries::All);
            let row = |q: usize| {
                let mut row: Vec<_> = saved.shares().of(q).collect();
                row.resize(batch.tokens.len(), 0.0);
                row
            };
            layers.push((0..batch.tokens.len()).map(row).collect());
            rows = encoded;
        }
        Some(layers)
    }

    fn configure(&mut self, settings: &Settings) {
        self.attention = settings.attention;
    }

    fn learn(&mut self, learning_rate: f64, lessons: &[Lesson<'_>]) -> Option<Vec<f64>> {
        let (mut gradients, entropies) = gradients_of_all(&self.network, &self.weights, self.attention, lessons);
        let is_taken = self.adam.step(learning_rate, &mut self.network, &mut gradients);
        is_taken.then(|| {
            self.weights = Arc::new(Weights::of(&self.network));
            entropies
        })
    }

    fn tensors(&self) -> Vec<NamedTensor> {
        let mut tensors = Vec::new();
        let moments: BTreeMap<&str, [&[f32]; 2]> = self.adam.moments().collect();
        // Visiting asks for a mutable network.
        self.network.clone().visit(&mut |path, tensor| {
            let moments = moments.get(path).map(|moments| moments.map(<[f32]>::to_vec));
            let (shape, values) = (tensor.shape(), tensor.values());
            tensors.push(NamedTensor { path: path.to_owned(), shape, rows: rows(path), values, moments });
        });
        tensors
    }

    fn put(&mut self, tensors: Vec<NamedTensor>, steps: i32) {
        let mut tensors: BTreeMap<String, NamedTensor> = tensors.into_iter().map(|it| (it.path.clone(), it)).collect();
        let (mut network, mut moments) = (self.network.clone(), Vec::new());
        network.visit(&mut |path, tensor| {
            let Some(held) = tensors.get_mut(path) else { return };
            tensor.put(&held.values);
            moments.extend(held.moments.take().map(|moments| (path.to_owned(), moments)));
        });
        *self = Self::new(self.attention, network, Adam::resumed(steps, moments));
    }

    fn steps(&self) -> i32 {
        self.adam.steps()
    }
}

fn rows(path: &str) -> Rows {
    match path {
        "states" | "output.weight" | "output.bias" => Rows::States,
        "actions" => Rows::Actions,
        "tasks" => Rows::Tasks,
        "positions" => Rows::Places,
        _ => Rows::Fixed,
    }
}
