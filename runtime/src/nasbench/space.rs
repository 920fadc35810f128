//! The paper's search space on NAS-Bench-101: a chain of 26 decisions.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Operation};
use crate::search_space;

/// A cell of seven vertices: 21 edges, then 5 operations (paper, Section 4.2).
///
/// Its states are `Cell.edge[0]` … `Cell.edge[20]` (the upper triangle row by row) and `Cell.operation[0]` …
/// `Cell.operation[4]` (the inner vertices in order). A cell is valid where input reaches output and at most nine edges
/// are left after pruning.
#[search_space(name = "Cell", valid = CellConfig::is_benchmarked)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CellConfig {
    /// Whether vertex `i` feeds vertex `j`: 0→1, 0→2, …, 1→2, …
    #[space(state = "Cell.edge")]
    pub edges: [bool; 21],
    /// What the inner vertices compute.
    #[space(choices = [Operation::Conv3x3, Operation::Conv1x1, Operation::MaxPool3x3], state = "Cell.operation")]
    pub operations: [Operation; 5],
}

impl CellConfig {
    /// The graph that the decisions describe, before pruning.
    ///
    /// # Panics
    /// Never: the arrays have the lengths of a cell with seven vertices.
    #[must_use]
    pub fn cell(&self) -> Cell {
        Cell::new(&self.edges, &self.operations).expect("21 edges and 5 operations make a cell")
    }

    fn is_benchmarked(&self) -> bool {
        self.cell().is_valid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Universe;
    use crate::space::{Graph, SearchSpace, longest};

    #[test]
    fn the_space_is_a_chain_of_26_decisions() {
        assert_eq!(longest(CellConfig::SPACE), 26);
        let graph = Graph::new(CellConfig::START);
        let names: Vec<&str> = graph.vocabulary().states().iter().map(crate::space::State::name).collect();
        assert_eq!(names[..3], ["start", "Cell.edge[0]", "Cell.edge[1]"]);
        assert_eq!(names[21..23], ["Cell.edge[20]", "Cell.operation[0]"]);
        assert_eq!(graph.vocabulary().actions(), 1 + 21 * 2 + 5 * 3);
    }
}
