//! Traces drawn without a policy.

use rand::{Rng, RngExt};

use super::codec::Trace;
use super::graph::Graph;

/// A trace whose decisions are each uniform over the available actions; none at a dead end.
pub(crate) fn uniform(graph: &Graph, space: usize, rng: &mut (impl Rng + ?Sized)) -> Option<Trace> {
    let mut cursor = graph.walk(space);
    while let Some(pending) = cursor.pending() {
        if pending.len() == 0 {
            return None;
        }
        let i = rng.random_range(0..pending.len());
        cursor.choose(&pending.step(i));
    }
    Some(cursor.into_trace())
}
