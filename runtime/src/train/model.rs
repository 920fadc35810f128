//! What a policy's network must do to be an agent's, and the Transformer as one.

use std::fmt;
use std::sync::Arc;

use super::adam::Adam;
use super::lesson::{Lesson, gradients_of_all};
use crate::policy::network::Network;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Draw, Policy, Source};
use crate::policy::weights::Weights;
use crate::policy::{Attention, Universe};
use crate::space::Graph;
use crate::space::cursor::Step;

/// A network that can be sampled from and learn.
pub(crate) trait Model: Sync {
    /// One trace for each source; none at a dead end. What a trace becomes depends on its own source only.
    fn sample(&self, graph: &Graph, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>>;

    /// The log-probability of each decision of a trace.
    fn log_probs(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<f64>;

    /// One step of the optimiser up the lessons; gives the mean entropy of each. None, and nothing is changed, where the
    /// gradient is not finite.
    fn learn(&mut self, learning_rate: f64, lessons: &[Lesson<'_>]) -> Option<Vec<f64>>;
}

/// The paper's network (Section 3) with its optimiser.
pub(crate) struct Transformer<U: Universe> {
    pub(crate) attention: Attention,
    pub(crate) network: Network<U, f32>,
    /// The network's parameters as the kernels want them.
    pub(crate) weights: Arc<Weights<f32>>,
    pub(crate) adam: Adam<f32>,
}

impl<U: Universe> Transformer<U> {
    pub(crate) fn new(attention: Attention, network: Network<U, f32>, adam: Adam<f32>) -> Self {
        let weights = Arc::new(Weights::of(&network));
        Self { attention, network, weights, adam }
    }

    pub(crate) fn policy<'a>(&'a self, graph: &'a Graph) -> Policy<'a> {
        Policy { graph, weights: &self.weights, attention: self.attention }
    }
}

// A derive would ask the universe's type to be `Clone`, of which nothing is stored.
impl<U: Universe> Clone for Transformer<U> {
    fn clone(&self) -> Self {
        Self {
            attention: self.attention,
            network: self.network.clone(),
            weights: Arc::clone(&self.weights),
            adam: self.adam.clone(),
        }
    }
}

impl<U: Universe> fmt::Debug for Transformer<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Weights { states, actions, positions, .. } = &*self.weights;
        let mut this = formatter.debug_struct("Transformer");
        this.field("states", &states.len()).field("actions", &actions.len()).field("steps", &positions.len());
        this.finish_non_exhaustive()
    }
}

impl<U: Universe> Model for Transformer<U> {
    fn sample(&self, graph: &Graph, pair: Pair, sources: &mut [Source<'_>]) -> Vec<Option<Draw>> {
        self.policy(graph).sample(pair, sources)
    }

    fn log_probs(&self, graph: &Graph, pair: Pair, steps: &[Step<'_>]) -> Vec<f64> {
        self.policy(graph).log_probs(pair, steps)
    }

    fn learn(&mut self, learning_rate: f64, lessons: &[Lesson<'_>]) -> Option<Vec<f64>> {
        let (mut gradients, entropies) = gradients_of_all(&self.network, &self.weights, self.attention, lessons);
        if !self.network.all_finite(&mut gradients) {
            return None;
        }
        self.adam.step(learning_rate, &mut self.network, &mut gradients);
        self.weights = Arc::new(Weights::of(&self.network));
        Some(entropies)
    }
}
