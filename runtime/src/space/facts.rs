//! What can be said of a space in numbers and names.

use num_bigint::BigUint;

use super::cardinality::Cardinality;
use super::fingerprint::Fingerprint;
use super::graph::Graph;
use super::handle::Space;
use super::longest::longest;
use super::vocabulary::State;

impl Space {
    /// How many configs there are, exactly: what restrictions, comparisons and depths leave. The predicates of `valid`
    /// and `prune` are not asked. Takes time in proportion to the combinations of numbers that later comparisons ask for.
    #[must_use]
    pub fn cardinality(&self) -> BigUint {
        Cardinality::new(&self.graph()).of_space(0)
    }

    /// The states, each with the labels of its actions, in the order in which a walk first meets them.
    #[must_use]
    pub fn states(&self) -> Vec<State> {
        self.graph().vocabulary().states().to_vec()
    }

    /// Decisions in the longest trace.
    #[must_use]
    pub fn longest_trace(&self) -> usize {
        longest(self.node)
    }

    /// A number that stands for the names of all states and the labels of all actions, whatever their order.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.graph().vocabulary())
    }

    fn graph(self) -> Graph {
        Graph::of_space(self.node)
    }
}
