//! Cells of NAS-Bench-101: graphs of operations (Ying et al., 2019, section 2).

use std::fmt;

use crate::sentence::debug_as_sentence;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The most vertices a cell has, its input and output included (Ying et al., 2019, section 2).
pub const MAX_VERTICES: usize = 7;

/// The most edges a valid cell has once pruned (Ying et al., 2019, section 2).
pub const MAX_EDGES: usize = 9;

/// The most inner vertices, each an operation, that a cell has.
pub const MAX_OPERATIONS: usize = MAX_VERTICES - 2;

/// What an inner vertex of a cell computes (Ying et al., 2019, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operation {
    /// A 3×3 convolution, batch normalisation, `ReLU`.
    Conv3x3,
    /// A 1×1 convolution, batch normalisation, `ReLU`.
    Conv1x1,
    /// 3×3 max-pooling.
    MaxPool3x3,
}

impl Operation {
    /// Every operation, in the benchmark's own order.
    pub const ALL: [Self; 3] = [Self::Conv3x3, Self::Conv1x1, Self::MaxPool3x3];
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Conv3x3 => "conv3x3",
            Self::Conv1x1 => "conv1x1",
            Self::MaxPool3x3 => "maxpool3x3",
        })
    }
}

/// Why edges and operations do not make a [`Cell`].
#[derive(Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CellError {
    /// More operations than a cell has inner vertices.
    #[error("a cell has at most {MAX_OPERATIONS} operations, found {found}")]
    TooManyOperations {
        /// The operations given.
        found: usize,
    },
    /// The edges are not the strict upper triangle of the adjacency matrix.
    #[error(
        "a cell of {vertices} vertices has {expected} places for an edge (its strict upper triangle), found {found}"
    )]
    WrongTriangle {
        /// The vertices of the cell: the operations given, and 2.
        vertices: usize,
        /// The places for an edge that many vertices have: n(n−1)/2.
        expected: usize,
        /// The places given.
        found: usize,
    },
}

debug_as_sentence!(CellError);

/// A cell: an acyclic graph whose first vertex is the input, whose last is the output, and whose
/// inner vertices are operations.
///
/// An edge runs from a lower vertex to a higher one. Any such graph is a `Cell`, also one that the
/// benchmark does not hold: see [`is_valid`](Self::is_valid). Cells compare as numbered graphs;
/// those that differ only in the numbering of their inner vertices are unequal, and share their
/// [`hash`](Self::hash).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    pub(super) vertices: u8,
    /// Bit `to` of `successors[from]` is the edge from → to.
    pub(super) successors: [u8; MAX_VERTICES],
    /// Those past the last inner vertex are `Conv3x3`, so that equal cells are equal field by
    /// field.
    pub(super) operations: [Operation; MAX_OPERATIONS],
}

impl Cell {
    /// No vertex, no edge: what a cell is filled in from.
    pub(super) const NOTHING: Self =
        Self { vertices: 0, successors: [0; MAX_VERTICES], operations: [Operation::Conv3x3; MAX_OPERATIONS] };

    /// The cell of `operations.len() + 2` vertices that has these edges.
    ///
    /// `edges` is the strict upper triangle of the adjacency matrix row by row, `[n(n−1)/2]` for n
    /// vertices: 0→1, 0→2, …, 1→2, ….
    ///
    /// # Errors
    /// [`CellError`] where there are too many operations, or the length of `edges` does not follow
    /// from theirs.
    pub fn new(edges: &[bool], operations: &[Operation]) -> Result<Self, CellError> {
        let mut cell = Self::without_edges(operations)?;
        let vertices = cell.vertices();
        let expected = triangle(vertices);
        if edges.len() != expected {
            let found = edges.len();
            return Err(CellError::WrongTriangle { vertices, expected, found });
        }
        for ((from, to), _) in pairs(vertices).zip(edges).filter(|(_, edge)| **edge) {
            cell.successors[from] |= 1 << to;
        }
        Ok(cell)
    }

    fn without_edges(operations: &[Operation]) -> Result<Self, CellError> {
        let found = operations.len();
        let vertices = match u8::try_from(found) {
            Ok(inner) if found <= MAX_OPERATIONS => inner + 2,
            _ => return Err(CellError::TooManyOperations { found }),
        };
        let mut cell = Self { vertices, ..Self::NOTHING };
        cell.operations[..found].copy_from_slice(operations);
        Ok(cell)
    }

    /// The vertices, input and output included: 2 to [`MAX_VERTICES`].
    #[must_use]
    pub fn vertices(&self) -> usize {
        self.vertices.into()
    }

    /// The operations of the inner vertices 1, 2, …, in order: `[vertices − 2]`.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations[..self.vertices() - 2]
    }

    /// How many edges there are.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.successors.iter().map(|successors| successors.count_ones() as usize).sum()
    }

    /// Whether there is an edge from → to; false where either is no vertex of the cell.
    #[must_use]
    pub fn has_edge(&self, from: usize, to: usize) -> bool {
        to < MAX_VERTICES && self.successors.get(from).is_some_and(|successors| has(*successors, to))
    }

    /// The strict upper triangle of the adjacency matrix row by row, `[n(n−1)/2]` for n vertices, as
    /// [`new`](Self::new) takes it.
    pub fn triangle(&self) -> impl Iterator<Item = bool> + '_ {
        pairs(self.vertices()).map(|(from, to)| self.has_edge(from, to))
    }

    /// The vertices that have an edge to each vertex, as bits.
    pub(super) fn predecessors(&self) -> [u8; MAX_VERTICES] {
        let mut predecessors = [0; MAX_VERTICES];
        for (from, &successors) in self.successors.iter().enumerate() {
            for to in members(successors) {
                predecessors[to] |= 1 << from;
            }
        }
        predecessors
    }

    /// What the vertex computes; none for the input and the output.
    pub(super) fn operation(&self, vertex: usize) -> Option<Operation> {
        self.operations().get(vertex.checked_sub(1)?).copied()
    }
}

/// Short, on one line: `in conv3x3 maxpool3x3 out, 0→1 1→2 2→3`.
impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("in ")?;
        for operation in self.operations() {
            write!(f, "{operation} ")?;
        }
        f.write_str("out,")?;
        for (from, to) in pairs(self.vertices()).filter(|&(from, to)| self.has_edge(from, to)) {
            write!(f, " {from}→{to}")?;
        }
        Ok(())
    }
}

/// The places above the diagonal of a square matrix with this many rows.
pub(super) const fn triangle(vertices: usize) -> usize {
    vertices * (vertices - 1) / 2
}

/// The places above the diagonal row by row: (0, 1), (0, 2), …, (1, 2), ….
fn pairs(vertices: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..vertices).flat_map(move |from| (from + 1..vertices).map(move |to| (from, to)))
}

/// Whether the vertex is in the set.
pub(super) fn has(set: u8, vertex: usize) -> bool {
    set >> vertex & 1 == 1
}

/// The vertices in the set, ascending.
pub(super) fn members(mut set: u8) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let vertex = set.trailing_zeros();
        set &= set.checked_sub(1)?;
        Some(vertex as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::Operation::{Conv1x1, Conv3x3, MaxPool3x3};
    use super::*;

    #[test]
    fn triangle_is_read_row_by_row() {
        let cell = Cell::new(&[true, false, false, true, false, true], &[Conv1x1, MaxPool3x3]).unwrap();
        assert_eq!(cell.to_string(), "in conv1x1 maxpool3x3 out, 0→1 1→2 2→3");
        assert_eq!((cell.vertices(), cell.edges()), (4, 3));
        assert_eq!(cell.operations(), [Conv1x1, MaxPool3x3]);
        assert!(cell.triangle().eq([true, false, false, true, false, true]));
        assert!(cell.has_edge(1, 2) && !cell.has_edge(2, 1) && !cell.has_edge(0, 3));
        assert!(!cell.has_edge(0, 99) && !cell.has_edge(99, 0));
        assert_eq!(cell.predecessors(), [0b0000, 0b0001, 0b0010, 0b0100, 0, 0, 0]);
    }

    #[test]
    fn lengths_that_disagree_are_refused() {
        let found = Cell::new(&[true; 28], &[Conv3x3; 6]).unwrap_err();
        assert_eq!(found, CellError::TooManyOperations { found: 6 });
        let found = Cell::new(&[true; 2], &[Conv3x3]).unwrap_err();
        assert_eq!(found, CellError::WrongTriangle { vertices: 3, expected: 3, found: 2 });
        assert!(Cell::new(&[], &[Conv3x3; 300]).is_err());
    }
}
