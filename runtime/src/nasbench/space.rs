//! The paper's search space on NAS-Bench-101: a chain of 26 decisions.

use serde::{Deserialize, Serialize};

use super::cell::{Cell, Operation};
use crate::{joint_space, search_space};

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

/// The edges of a seven-vertex cell that do not touch vertex 6 of the paper's counting, the last inner one.
const SIX_VERTICES: [usize; 15] = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 14, 15, 17, 19];

macro_rules! six_vertices {
    ($(#[$doc:meta])* $name:ident, $pool:ident) => {
        $(#[$doc])*
        #[search_space(valid = $name::is_benchmarked)]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct $name {
            /// Whether vertex `i` feeds vertex `j`, vertex 5 (from 0) left out.
            #[space(state = "Cell.edge", indices = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 14, 15, 17, 19])]
            pub edges: [bool; 15],
            /// What the inner vertices compute.
            #[space(choices = [Operation::Conv3x3, Operation::Conv1x1, Operation::MaxPool3x3], state = "Cell.operation", only(Conv3x3, $pool))]
            pub operations: [Operation; 4],
        }

        impl $name {
            /// The graph that the decisions describe, before pruning; vertex 5 has no edges.
            #[must_use]
            pub fn cell(&self) -> Cell {
                self.config().cell()
            }

            /// The same cell among those of seven vertices.
            #[must_use]
            pub fn config(&self) -> CellConfig {
                let mut config = CellConfig { edges: [false; 21], operations: [Operation::Conv3x3; 5] };
                for (&place, &edge) in SIX_VERTICES.iter().zip(&self.edges) {
                    config.edges[place] = edge;
                }
                config.operations[..4].copy_from_slice(&self.operations);
                config
            }

            fn is_benchmarked(&self) -> bool {
                self.cell().is_valid()
            }
        }
    };
}

six_vertices! {
    /// The paper's first pretraining space: vertex 6 removed, 3×3 and 1×1 convolutions (operations 1 and 2).
    ConvolutionCell, Conv1x1
}

six_vertices! {
    /// The paper's second pretraining space: vertex 6 removed, 3×3 convolutions and pooling (operations 1 and 3).
    PoolingCell, MaxPool3x3
}

/// The two pretraining spaces as one (paper, Section 4.2): both use states of [`CellConfig`], each with its own choice of
/// operations.
#[joint_space]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SmallCells {
    /// Convolutions only.
    Convolution(ConvolutionCell),
    /// Convolution and pooling.
    Pooling(PoolingCell),
}

impl SmallCells {
    /// The graph that the decisions describe, before pruning.
    #[must_use]
    pub fn cell(&self) -> Cell {
        match self {
            Self::Convolution(cell) => cell.cell(),
            Self::Pooling(cell) => cell.cell(),
        }
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

    #[test]
    fn the_small_spaces_are_parts_of_the_large_one() {
        let small = Graph::new(SmallCells::START);
        let large = Graph::new(CellConfig::START);
        // 15 edges and 4 operations, each with the union of what the two spaces offer.
        assert_eq!((small.vocabulary().states().len(), small.vocabulary().actions()), (20, 2 + 15 * 2 + 4 * 3));
        let names =
            |graph: &Graph| graph.vocabulary().states().iter().map(|state| state.name().to_owned()).collect::<Vec<_>>();
        assert!(names(&small).iter().all(|name| names(&large).contains(name)));
        assert!(ConvolutionCell::space().to_string().contains("Conv1x1"));
        assert!(!ConvolutionCell::space().to_string().contains("MaxPool3x3"));
        let cell = PoolingCell { edges: [true; 15], operations: [Operation::MaxPool3x3; 4] };
        let edges = cell.config().edges;
        let touching = [4, 9, 13, 16, 18, 20];
        assert!((0..21).all(|place| edges[place] != touching.contains(&place)));
    }
}
