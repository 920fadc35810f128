//! What the network sees of a cell: what its vertices are and what feeds what, in an order that no numbering changes.

use std::ops::Range;

use crate::nasbench::cell::{Cell, MAX_VERTICES, Operation, members};
use crate::nasbench::key::colours;

/// What a vertex can be: the input, one of the three operations, the output.
pub(super) const KINDS: usize = 5;

/// A pruned cell whose vertices stand in order of their kind and colour: the input is the first, the output the last.
///
/// Two numberings of one cell can differ only in the order of vertices of equal colour, whose neighbours have equal
/// colours, too. So sums in this order are sums of the same numbers, bit for bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Graph {
    vertices: u8,
    kinds: [u8; MAX_VERTICES],
    before: [u8; MAX_VERTICES],
    after: [u8; MAX_VERTICES],
}

impl Graph {
    pub(super) fn new(pruned: &Cell) -> Self {
        let order = order(pruned);
        let mut graph = Self {
            vertices: pruned.vertices,
            kinds: order.map(|vertex| kind(pruned, vertex)),
            before: [0; MAX_VERTICES],
            after: [0; MAX_VERTICES],
        };
        let mut place = [0; MAX_VERTICES];
        for (new, old) in order.into_iter().enumerate() {
            place[old] = new;
        }
        for from in 0..pruned.vertices() {
            for to in members(pruned.successors[from]) {
                graph.join(place[from], place[to]);
            }
        }
        graph
    }

    fn join(&mut self, from: usize, to: usize) {
        self.after[from] |= 1 << to;
        self.before[to] |= 1 << from;
    }

    #[inline(always)]
    pub(super) fn vertices(&self) -> Range<usize> {
        0..usize::from(self.vertices)
    }

    #[inline(always)]
    pub(super) fn output(&self) -> usize {
        usize::from(self.vertices) - 1
    }

    #[inline(always)]
    pub(super) fn kind(&self, vertex: usize) -> usize {
        self.kinds[vertex].into()
    }

    /// The vertices that feed this one.
    #[inline(always)]
    pub(super) fn before(&self, vertex: usize) -> impl Iterator<Item = usize> + use<> {
        members(self.before[vertex])
    }

    /// The vertices that this one feeds.
    #[inline(always)]
    pub(super) fn after(&self, vertex: usize) -> impl Iterator<Item = usize> + use<> {
        members(self.after[vertex])
    }
}

/// The vertices by kind and colour; those that the cell does not have stand behind.
fn order(pruned: &Cell) -> [usize; MAX_VERTICES] {
    let colours = colours(pruned);
    let mut order = std::array::from_fn(|vertex| vertex);
    order[..pruned.vertices()].sort_unstable_by_key(|&vertex| (kind(pruned, vertex), colours[vertex]));
    order
}

fn kind(cell: &Cell, vertex: usize) -> u8 {
    match cell.operation(vertex) {
        None if vertex == 0 => 0,
        Some(Operation::Conv3x3) => 1,
        Some(Operation::Conv1x1) => 2,
        Some(Operation::MaxPool3x3) => 3,
        None => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nasbench::Operation::{Conv1x1, Conv3x3, MaxPool3x3};

    #[test]
    fn vertices_stand_by_kind() {
        // 0→1 pool, 1→2 conv3x3, 2→3 output, 0→3.
        let cell = Cell::new(&[true, false, true, true, false, true], &[MaxPool3x3, Conv3x3]).unwrap();
        let graph = Graph::new(&cell);
        assert_eq!(graph.vertices().map(|vertex| graph.kind(vertex)).collect::<Vec<_>>(), [0, 1, 3, 4]);
        let after: Vec<Vec<usize>> = graph.vertices().map(|vertex| graph.after(vertex).collect()).collect();
        assert_eq!(after, [vec![2, 3], vec![3], vec![1], vec![]]);
        let before: Vec<Vec<usize>> = graph.vertices().map(|vertex| graph.before(vertex).collect()).collect();
        assert_eq!(before, [vec![], vec![2], vec![0], vec![0, 1]]);
        assert_eq!(graph.output(), 3);
    }

    #[test]
    fn numberings_of_one_cell_make_one_graph() {
        let diamond = |operations| Graph::new(&Cell::new(&[true, true, false, false, true, true], operations).unwrap());
        assert_eq!(diamond(&[Conv1x1, MaxPool3x3]), diamond(&[MaxPool3x3, Conv1x1]));
        assert_ne!(diamond(&[Conv1x1, MaxPool3x3]), diamond(&[Conv3x3, MaxPool3x3]));
    }
}
