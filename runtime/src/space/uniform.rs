//! Configs drawn without a policy.

use std::collections::HashMap;

use num_bigint::BigUint;
use rand::{Rng, RngExt};

use super::cardinality::Cardinality;
use super::graph::Graph;
use super::part::{Decision, Next, Part, PartId};
use super::trace::Trace;

/// How the decisions of a graph are drawn.
#[derive(Debug, Clone)]
pub(crate) enum Uniform {
    /// Each is uniform over its available actions.
    OverTraces,
    /// For each decision by part: how many configs each of its actions leads to.
    OverConfigs(HashMap<PartId, Vec<BigUint>>),
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
