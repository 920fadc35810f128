//! Configs drawn without a policy.

use std::collections::HashMap;
use std::marker::PhantomData;

use num_bigint::BigUint;
use rand::{Rng, RngExt};

use super::cardinality::Cardinality;
use super::codec::Trace;
use super::graph::{Decision, Graph, Next, Part, PartId};
use super::sample_error::SampleError;
use super::search_space::{SearchSpace, decode};

/// Draws configs of a space uniformly, over traces or over configs.
#[derive(Debug)]
pub struct UniformSampler<T> {
    graph: Graph,
    over: Uniform,
    drawn: u64,
    accepted: u64,
    space: PhantomData<fn() -> T>,
}

/// How the decisions of a graph are drawn.
#[derive(Debug, Clone)]
pub(crate) enum Uniform {
    /// Each is uniform over its available actions.
    OverTraces,
    /// For each decision by part: how many configs each of its actions leads to.
    OverConfigs(HashMap<PartId, Vec<BigUint>>),
}

// A derive would ask `T` to be `Clone`, of which nothing is stored.
impl<T> Clone for UniformSampler<T> {
    fn clone(&self) -> Self {
        let Self { graph, over, drawn, accepted, .. } = self;
        Self { graph: graph.clone(), over: over.clone(), drawn: *drawn, accepted: *accepted, space: PhantomData }
    }
}

impl<T: SearchSpace> UniformSampler<T> {
    /// How often a config is drawn again before `sample` gives up.
    pub const MAX_DRAWS: u32 = 10_000;

    /// Each decision is uniform over its available actions, so a variant with many fields is as likely as one with none.
    #[must_use]
    pub fn over_traces() -> Self {
        let graph = Graph::of_space(T::SPACE);
        Self { graph, over: Uniform::OverTraces, drawn: 0, accepted: 0, space: PhantomData }
    }

    /// Each valid config is as likely as any other.
    #[must_use]
    pub fn over_configs() -> Self {
        let sampler = Self::over_traces();
        Self { over: Uniform::over_configs(&sampler.graph), ..sampler }
    }

    /// A config. One that a `valid` predicate refuses, or that comes to a dead end, is drawn again.
    pub fn sample<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Result<T, SampleError> {
        for drawn in 1..=Self::MAX_DRAWS {
            let Some(trace) = self.over.trace(&self.graph, 0, rng) else { continue };
            let config: T = decode(&trace)?;
            if config.is_valid() {
                self.drawn += u64::from(drawn);
                self.accepted += 1;
                return Ok(config);
            }
        }
        Err(SampleError::NoValidConfig { space: std::any::type_name::<T>(), draws: Self::MAX_DRAWS })
    }

    /// The share of drawn configs that were valid; none before the first sample.
    #[must_use]
    pub fn acceptance(&self) -> Option<f64> {
        (self.drawn > 0).then(|| self.accepted as f64 / self.drawn as f64)
    }
}

impl Uniform {
    /// Each config of a space is as likely as any other.
    pub(crate) fn over_configs(graph: &Graph) -> Self {
        Self::OverConfigs(weights(graph))
    }

    /// A trace of a space; none at a dead end.
    pub(crate) fn trace<R: Rng + ?Sized>(&self, graph: &Graph, space: usize, rng: &mut R) -> Option<Trace> {
        let mut cursor = graph.walk(space);
        while let Some(pending) = cursor.pending() {
            let i = match self {
                Self::OverTraces if pending.len() == 0 => return None,
                Self::OverTraces => pending.draw(rng),
                // The counts know of no comparison and no predicate: an action that is not available ends this draw.
                Self::OverConfigs(weights) => {
                    let weights = weights.get(&pending.part())?;
                    if pending.decision().is_of_permutation() {
                        rng.random_range(0..pending.len())
                    } else {
                        let position = weighted(weights, rng)?;
                        pending.available().binary_search(&position).ok()?
                    }
                }
            };
            cursor.choose(&pending.step(i));
        }
        Some(cursor.into_trace())
    }
}

/// How many configs each action of each decision leads to, as if there were no comparisons.
fn weights(graph: &Graph) -> HashMap<PartId, Vec<BigUint>> {
    let mut cardinality = Cardinality::without_comparisons(graph);
    let mut of_decision = |decision: &Decision, next: &Next| -> Vec<BigUint> {
        let weight = |i: u32| {
            if decision.open.contains(&i) { cardinality.after(next, i as usize) } else { BigUint::default() }
        };
        (0..decision.actions.len() as u32).map(weight).collect()
    };
    let decisions = graph.parts().filter_map(|(id, part)| match part {
        Part::Decision(decision, next) => Some((id, of_decision(decision, next))),
        Part::Sequence { .. } | Part::Pruned(..) => None,
    });
    decisions.collect()
}

/// A position with a probability in proportion to its weight; none where there is no weight at all.
fn weighted<R: Rng + ?Sized>(weights: &[BigUint], rng: &mut R) -> Option<u32> {
    let mut rest = below(&weights.iter().sum(), rng)?;
    for (position, weight) in weights.iter().enumerate() {
        if rest < *weight {
            return Some(position as u32);
        }
        rest -= weight;
    }
    None
}

/// A uniform number below `bound`, none for zero.
fn below<R: Rng + ?Sized>(bound: &BigUint, rng: &mut R) -> Option<BigUint> {
    let bits = bound.bits();
    if bits == 0 {
        return None;
    }
    loop {
        let words = (0..bits.div_ceil(32)).map(|_| rng.random::<u32>()).collect();
        let surplus = bits.div_ceil(32) * 32 - bits;
        let number = BigUint::new(words) >> surplus;
        if number < *bound {
            return Some(number);
        }
    }
}
