//! What a policy's network must do to be an agent's, and the Transformer as one.

use std::fmt;
use std::sync::Arc;

use rand_pcg::Pcg64;

use super::adam::Adam;
use super::lesson::{Lesson, gradients_of_all};
use crate::policy::Attention;
use crate::policy::network::Network;
use crate::policy::pair::Pair;
use crate::policy::sampler::{Draw, Policy, Source};
use crate::policy::tables::AnyTables;
use crate::policy::weights::Weights;
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
