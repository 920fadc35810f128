//! The agent: samples typed configs and learns from their rewards.

mod inspect;
mod observe;
mod sample;
mod settings;
mod trial;

use std::fmt;
use std::sync::Arc;

use rand::SeedableRng;
use rand_pcg::Pcg64;

pub use inspect::{AttentionMap, Best, Embeddings, Table};
pub use observe::{MAX_REWARD, Observation, ObserveError};
pub use sample::ConfigError;
pub use settings::{AgentBuilder, BuildError, Settings};
pub use trial::Trial;

pub use crate::space::SampleError;

use crate::policy::Universe;
use crate::policy::network::Network;
use crate::policy::sampler::Policy;
use crate::policy::weights::Weights;
use crate::space::Graph;
use crate::train::adam::Adam;
use crate::train::baseline::Baseline;
use crate::train::elites::Elites;

/// A Transformer agent over the universe `U`.
///
/// Its embedding tables have the sizes of `U` in their types. The same seed and the same calls give the same bits,
/// whatever runs beside it.
///
/// ```
/// use transfer_nas::prelude::*;
///
/// #[search_space]
/// #[derive(Debug)]
/// struct Config {
///     #[space(choices = [16, 32, 64])]
///     width: u32,
///     residual: bool,
/// }
///
/// let mut agent = Agent::<Config>::builder().seed(7).build()?;
/// for _ in 0..20 {
///     let trial = agent.sample::<Config>()?;
///     let reward = f64::from(trial.config.width) / 64.0;
///     agent.observe(trial, reward)?;
/// }
/// assert_eq!(agent.best::<Config>().unwrap().config.width, 64);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Agent<U: Universe> {
    settings: Settings,
    graph: Graph,
    network: Network<U, f32>,
    /// The network's parameters as the kernels want them.
    weights: Arc<Weights<f32>>,
    adam: Adam<f32>,
    spaces: Vec<Memory>,
    rng: Pcg64,
    /// Valid samples so far, for the schedule of γ.
    samples: u64,
}

// A derive would ask the universe's type to be `Clone`, of which nothing is stored.
impl<U: Universe> Clone for Agent<U> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            graph: self.graph.clone(),
            network: self.network.clone(),
            weights: Arc::clone(&self.weights),
            adam: self.adam.clone(),
            spaces: self.spaces.clone(),
            rng: self.rng.clone(),
            samples: self.samples,
        }
    }
}

impl<U: Universe> fmt::Debug for Agent<U> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut agent = formatter.debug_struct("Agent");
        agent.field("universe", &std::any::type_name::<U>()).field("settings", &self.settings);
        agent
            .field("states", &self.weights.states.len())
            .field("actions", &self.weights.actions.len())
            .field("steps", &self.weights.positions.len());
        agent.field("samples", &self.samples).finish_non_exhaustive()
    }
}

/// What the agent remembers of one space.
#[derive(Debug, Clone)]
struct Memory {
    baseline: Baseline,
    elites: Elites,
    drawn: u64,
    accepted: u64,
}

impl<U: Universe> Agent<U> {
    /// Builds an agent with other settings than the default.
    pub fn builder() -> AgentBuilder<U> {
        AgentBuilder::new()
    }

    fn new(settings: Settings) -> Result<Self, BuildError> {
        settings.check()?;
        let graph = Graph::new(U::START);
        let mut rng = Pcg64::seed_from_u64(settings.seed);
        let network = Network::new(&mut rng);
        let weights = Arc::new(Weights::of(&network));
        let sizes = [graph.vocabulary().states().len(), graph.vocabulary().actions(), crate::space::longest(U::START)];
        if sizes != [weights.states.len(), weights.actions.len(), weights.positions.len()] {
            return Err(BuildError::HashCollision { universe: std::any::type_name::<U>() });
        }
        if graph.spaces().is_empty() {
            return Err(BuildError::NoSpace { universe: std::any::type_name::<U>() });
        }
        let memory = Memory {
            baseline: Baseline::new(settings.baseline_decay),
            elites: Elites::new(settings.elites),
            drawn: 0,
            accepted: 0,
        };
        let spaces = vec![memory; graph.spaces().len()];
        Ok(Self { settings, graph, network, weights, adam: Adam::default(), spaces, rng, samples: 0 })
    }

    /// The settings that the agent was built with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The states and actions of the universe.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    fn policy(&self) -> Policy<'_> {
        Policy { graph: &self.graph, weights: &self.weights, attention: self.settings.attention }
    }

    fn policy_and_rng<R>(&mut self, run: impl FnOnce(Policy<'_>, &mut Pcg64) -> R) -> R {
        let policy = Policy { graph: &self.graph, weights: &self.weights, attention: self.settings.attention };
        run(policy, &mut self.rng)
    }
}
